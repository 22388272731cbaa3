#include "app/log_writer.hpp"

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <climits>
#include <condition_variable>
#include <cstring>
#include <mutex>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace vilfredo::app {

namespace {

/// A line, or the name of a file to go on in.
struct item {
  std::optional<log_level> level;  ///< of a line
  std::string text;

  std::size_t bytes() const { return sizeof(item) + text.size(); }
};

bool any(const log_losses& x) {
  return std::ranges::any_of(x, [](auto n) { return n > 0; });
}
void add(log_losses& to, const log_losses& x) {
  for (std::size_t i = 0; i < to.size(); ++i) to[i] += x[i];
}
std::uint64_t& of(log_losses& x, log_level level) { return x[static_cast<std::size_t>(level)]; }

/// How much of it went.
std::size_t write_some(int to, std::string_view text) {
  std::size_t out = 0;
  while (out < text.size()) {
    const auto n = ::write(to, text.data() + out, text.size() - out);
    if (n >= 0) {
      out += static_cast<std::size_t>(n);
    } else if (errno == EAGAIN) {  // others have made it so, for it is theirs as well
      pollfd room{to, POLLOUT, 0};
      ::poll(&room, 1, -1);
    } else if (errno != EINTR) {
      break;
    }
  }
  return out;
}

// Of all writers, for a handler of signals can ask nobody.
std::atomic<std::size_t> not_written = 0;
static_assert(std::atomic<std::size_t>::is_always_lock_free);
struct sigaction before_held_up {};

extern "C" void on_abort(int number) {
  constexpr timespec tick{0, 1'000'000};
  for (int i = 0; i < 200 && not_written.load() > 0; ++i) ::nanosleep(&tick, nullptr);
  // Comes when this returns, and means then what it did before.
  ::sigaction(number, &before_held_up, nullptr);
  ::raise(number);
}

}  // namespace

struct log_writer::work {
  work(int where, wording how) : to(where), words(std::move(how)) {}
  ~work() {
    not_written -= in - out;
    if (to >= 0) ::close(to);
  }

  void run() {
    for (std::vector<item> batch; take(batch); batch.clear()) {
      tell_lost();
      for (std::size_t i = 0; i < batch.size();) {
        const auto begin = i;
        std::size_t gone = 0;
        i = batch[i].level ? write(batch, i) : go_on_in(batch, i);
        for (auto at = begin; at < i; ++at) {
          gone += batch[at].bytes();
          std::string().swap(batch[at].text);
        }
        if (!settle(gone)) return;
      }
      // What found no room came after what did.
      add(untold, std::exchange(found_no_room, {}));
      if (!failed) tell_lost();
      written(batch.size());
    }
    tell_lost();
    std::lock_guard hold(mutex);
    ended = true;
    changed.notify_all();
  }

  /// With the mutex.
  void take_in(item&& x) {
    bytes += x.bytes();
    waiting.push_back(std::move(x));
    ++in;
    ++not_written;
  }

  bool take(std::vector<item>& batch) {
    std::unique_lock hold(mutex);
    came.wait(hold, [&] { return ending || !waiting.empty() || any(no_room); });
    batch.swap(waiting);
    found_no_room = std::exchange(no_room, {});
    return !batch.empty() || any(found_no_room);
  }

  /// As many lines as a pipe takes in one piece, so that no other process's come between; the next to write.
  std::size_t write(const std::vector<item>& batch, std::size_t begin) {
    std::string piece(torn ? "\n" : "");
    auto end = begin;
    do piece += batch[end++].text;
    while (end < batch.size() && batch[end].level && piece.size() + batch[end].text.size() <= PIPE_BUF);
    auto went = write_some(to, piece);
    failed = went < piece.size();
    if (torn && went > 0) {
      torn = false;
      --went;
    }
    for (auto at = begin; at < end; ++at) {
      if (went >= batch[at].text.size()) {
        went -= batch[at].text.size();
      } else {
        torn = torn || went > 0;
        went = 0;
        log_losses one{};
        of(one, *batch[at].level) = 1;
        add(untold, one);
        std::lock_guard hold(mutex);
        add(lost, one);
      }
    }
    return end;
  }

  std::size_t go_on_in(const std::vector<item>& batch, std::size_t at) {
    auto opened = log_writer::open(batch[at].text);
    if (!opened) {
      (void)write_own(words.stays(opened.error()));
      return at + 1;
    }
    ::close(std::exchange(to, *opened));
    torn = false;
    return at + 1;
  }

  void tell_lost() {
    if (any(untold) && write_own(words.lost(untold))) untold = {};
  }
  bool write_own(const std::string& line) {
    const auto piece = (torn ? "\n" : "") + line;
    const auto went = write_some(to, piece);
    failed = went < piece.size();
    torn = failed && (went > 0 || torn);
    return !failed;
  }

  /// False when nobody waits for the rest any more.
  bool settle(std::size_t bytes_gone) {
    std::lock_guard hold(mutex);
    bytes -= bytes_gone;
    return !abandoned;
  }
  void written(std::size_t items) {
    std::lock_guard hold(mutex);
    out += items;
    not_written -= items;
    changed.notify_all();
  }

  // The thread's own.
  int to;
  const wording words;
  log_losses untold{}, found_no_room{};
  bool failed = false;  // the last time
  bool torn = false;    // what was written last is half a line

  mutable std::mutex mutex;  // guards what follows
  std::condition_variable came, changed;
  std::vector<item> waiting;
  std::size_t bytes = 0;  // of what waits and of what is being written
  std::size_t in = 0, out = 0;
  log_losses no_room{}, lost{};
  bool ending = false, abandoned = false, ended = false;
};

log_writer::log_writer(int to, wording of_its_own) : work_(std::make_shared<work>(to, std::move(of_its_own))) {
  // Signals are for others. Those of a closed pipe and of a full quota stay pending here: they are errors then.
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  thread_ = std::thread([w = work_] { w->run(); });
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

log_writer::~log_writer() {
  {
    std::unique_lock hold(work_->mutex);
    work_->ending = true;
    work_->came.notify_one();
    work_->abandoned = !work_->changed.wait_for(hold, last_lines, [&] { return work_->ended; });
  }
  // Nothing ends a thread that waits for a disk.
  work_->abandoned ? thread_.detach() : thread_.join();
}

void log_writer::put(log_level level, std::string line) {
  item x{level, std::move(line)};
  const auto room = level == log_level::info ? most_bytes / 2 : most_bytes;
  {
    std::lock_guard hold(work_->mutex);
    if (work_->bytes + x.bytes() > room) {
      ++of(work_->no_room, level);
      ++of(work_->lost, level);
      return;
    }
    work_->take_in(std::move(x));
  }
  // Whoever is woken wants the mutex at once.
  work_->came.notify_one();
}

void log_writer::reopen(std::string file) {
  {
    std::lock_guard hold(work_->mutex);
    // Once is enough for what has come since the last time: whatever has the name when it is opened is the newest.
    if (!work_->waiting.empty() && !work_->waiting.back().level) return;
    work_->take_in(item{{}, std::move(file)});
  }
  work_->came.notify_one();
}

bool log_writer::flush(std::chrono::milliseconds patience) {
  std::unique_lock hold(work_->mutex);
  return work_->changed.wait_for(hold, patience, [&, all = work_->in] { return work_->out >= all; });
}

log_losses log_writer::lost() const {
  std::lock_guard hold(work_->mutex);
  return work_->lost;
}

void log_writer::hold_up_aborts() {
  struct sigaction action {};
  action.sa_handler = on_abort;
  ::sigaction(SIGABRT, &action, &before_held_up);
}

result<int> log_writer::open(const std::string& file) {
  const int out = ::open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0640);
  if (out < 0) return error{errc::invalid, "the log file " + file + " cannot be opened: " + std::strerror(errno)};
  return out;
}

}  // namespace vilfredo::app
