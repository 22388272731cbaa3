#include <algorithm>
#include <chrono>
#include <fcntl.h>
#include <fstream>
#include <functional>
#include <iterator>
#include <optional>
#include <poll.h>
#include <signal.h>
#include <stdexcept>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>
#include <vector>

#include "app/cli/verbs.hpp"
#include "app/daemon.hpp"
#include "app/ending_limit.hpp"
#include "app/ending_watch.hpp"
#include "app/house.hpp"
#include "app/inbox.hpp"
#include "app/log.hpp"
#include "app/random_bytes.hpp"
#include "app/say.hpp"
#include "app/service_manager.hpp"
#include "app/signals.hpp"
#include "io/api/access.hpp"
#include "io/api/digest.hpp"
#include "io/child_limits.hpp"
#include "io/sqlite_journal.hpp"

namespace vilfredo::app::cli {

namespace {

bool loopback(const std::string& address) {
  return address.starts_with("127.") || address == "::1" || address == "localhost";
}

/// The token that a file holds, or nothing when there is no such file.
result<std::string> read_token(const std::string& file) {
  if (::access(file.c_str(), F_OK) != 0) return std::string{};
  std::ifstream in(file);
  if (!in) return error{errc::invalid, "--token-file " + file + " cannot be read"};
  std::string token;
  std::getline(in, token);
  if (token.ends_with('\r')) token.pop_back();
  if (token.size() < 16)
    return error{errc::invalid,
                 "--token-file " + file + " must hold a token of at least 16 characters in its first line"};
  // A request brings its token in front of a colon: one with other characters could open nothing.
  const bool sendable = std::ranges::all_of(token, [](char c) { return c > ' ' && c < 0x7f && c != ':'; });
  if (!sendable)
    return error{errc::invalid, "the token in --token-file " + file +
                                    " must be made of ASCII letters, digits and signs, without blanks and colons"};
  return token;
}

/// Only its owner may read it.
result<void> write_token(const std::string& file, const std::string& token) {
  int to = ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  auto text = token + "\n";
  bool written = to >= 0 && ::write(to, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  // The store must not know a token before the disk has its text.
  if (to >= 0) written = ::fsync(to) == 0 && written;
  if (to >= 0) written = ::close(to) == 0 && written;
  // Half of one would be refused at the next start.
  if (to >= 0 && !written) ::unlink(file.c_str());
  if (!written) return error{errc::unavailable, "the first token could not be written to " + file};
  return {};
}

void read_again(daemon& running, log& lines, bool tls) {
  lines.reopen();
  if (tls) {
    auto read = running.reload_certificates();
    lines.say(read ? log_level::notice : log_level::warning,
              read ? "certificates were read again" : read.error().message);
  }
  // Whoever has sent the signal may do with the old file what he wants after this.
  lines.flush(log_writer::last_lines);
}

/// Each connection takes a descriptor, and the rest of the daemon some more.
void check_descriptors(const http::limits& within, log& lines) {
  constexpr rlim_t others = 128;
  (void)io::raise_descriptor_limit();
  rlimit have{};
  if (::getrlimit(RLIMIT_NOFILE, &have) != 0 || have.rlim_cur >= within.connections + others) return;
  lines.say(log_level::warning,
            "the system gives this process " + std::to_string(have.rlim_cur) + " descriptors, too few for the " +
                std::to_string(within.connections) +
                " connections of the setting; raise its limit (LimitNOFILE of systemd, ulimit -n), or "
                "lower the setting");
}

std::string left_behind() {
  auto seconds = std::chrono::duration_cast<std::chrono::seconds>(last_commit).count();
  return "the store has not ended " + std::to_string(seconds) +
         " seconds after all else was to, as where its disk hangs; leaving without it: what was answered is stored, "
         "and what waits for the store was not answered";
}

/// Says it as far as the log takes it.
std::function<void()> last_words(log& lines, std::string what) {
  return [&lines, what = std::move(what)] {
    lines.say(log_level::error, what);
    lines.flush(log_writer::last_lines);
  };
}
void leave() { ::_exit(exit_failed); }

void change_level(log& lines, int steps) {
  auto level = lines.change(steps);
  lines.say(level, std::string("the log tells from now on: ") + to_string(level));
}

}  // namespace

exit_code serve(const serve_options& options) {
  if (!loopback(options.address) && options.tls_certificate.empty() && !options.plain)
    return refuse({errc::invalid, "--address " + options.address +
                                      " can be reached by others: give --tls-certificate and --tls-key, or say --plain "
                                      "where something else keeps the traffic safe"});
  // Known before anything is stored or answered: without digests no token can be told from another.
  try {
    (void)api::sha256({});
  } catch (const std::runtime_error& why) {
    return refuse({errc::unavailable, why.what()});
  }
  std::string first;
  if (!options.token_file.empty()) {
    auto held = read_token(options.token_file);
    if (!held) return refuse(held.error());
    first = *std::move(held);
    if (first.empty()) {
      // Written down before the store knows it: a token that nobody can read would lock everybody out.
      first = api::fresh_token(random_bytes(32));
      if (auto written = write_token(options.token_file, first); !written) return refuse(written.error());
    }
  }
  auto opened = io::open_sqlite_journal(options.store);
  if (!opened) return refuse(opened.error());
  std::shared_ptr<journal> store = *std::move(opened);
  auto begun = log::open(options.log_file, options.log_format, options.log_most);
  if (!begun) return refuse(begun.error());
  auto& lines = **begun;
  log_writer::hold_up_aborts();
  check_descriptors(options.within, lines);
  signals caught{SIGUSR1, SIGUSR2};
  inbox letters;
  // These outlive all whose end they bound; the first is for as long as this thread waits for the store.
  std::optional<ending_watch> watching;
  std::optional<ending_limit> limit;
  watching.emplace(caught, std::vector{SIGINT, SIGTERM}, last_commit,
                   last_words(lines, "the store does not answer, as where its disk hangs; leaving without it: nobody "
                                     "was served"),
                   leave);
  house home({std::move(store), &letters, options.optimizers});

  daemon_options how;
  how.http.address = options.address;
  how.http.port = options.port;
  how.http.threads = options.http_threads;
  how.http.within = options.within;
  how.threads = options.api_threads;
  how.first_token = first;
  how.lines_lost = [&lines] { return lines.lost(); };
  how.api = {options.most_reads, options.most_writes, options.body};
  if (!options.tls_certificate.empty()) how.http.tls = http::tls_files{options.tls_certificate, options.tls_key};
  auto notice = [&lines](const http::notice& x) {
    lines.say(x.weight == http::notice::severity::warning ? log_level::warning : log_level::info, x.text);
  };
  auto started = daemon::start(
      home, how, [&lines](const api::served& x) { lines.request(x); }, notice);
  if (!started) return refuse(started.error());
  auto& running = **started;
  if (const auto& token = running.made_token(); !token.empty() && first.empty())
    if (auto shown = hand_over("token " + token + "\n"); shown != exit_done) return shown;
  auto scheme = options.tls_certificate.empty() ? "http" : "https";
  lines.say(log_level::notice, "listening on " + std::string(scheme) + "://" + options.address + ":" +
                                   std::to_string(running.port()) + ", store " + options.store);

  tell_service_manager("READY=1");

  exit_code code = exit_done;
  auto heard = watching->heard();
  watching.reset();
  for (bool over = false; !over; heard.clear()) {
    pollfd sources[2] = {{letters.descriptor(), POLLIN, 0}, {caught.descriptor(), POLLIN, 0}};
    ::poll(sources, 2, heard.empty() ? -1 : 0);
    std::ranges::copy(caught.take(), std::back_inserter(heard));
    for (int number : heard) {
      if (number == SIGHUP) {
        tell_service_manager(reloading());
        read_again(running, lines, how.http.tls.has_value());
        tell_service_manager("READY=1");
      }
      if (number == SIGUSR1 || number == SIGUSR2) change_level(lines, number == SIGUSR1 ? 1 : -1);
      over = over || number == SIGINT || number == SIGTERM;
    }
    for (auto& x : letters.take()) {
      if (auto* news = std::get_if<told>(&x)) lines.say(log_level::warning, news->news);
      if (auto* gone = std::get_if<house_gave_up>(&x)) {
        lines.say(log_level::error, gone->reason);
        code = exit_failed;
        over = true;
      }
    }
  }
  tell_service_manager("STOPPING=1");
  lines.say(log_level::notice, "ending; what is under way is answered first");
  limit.emplace(options.stop_time + last_commit, last_words(lines, left_behind()), leave);
  running.stop(options.stop_time);
  return code;
}

}  // namespace vilfredo::app::cli
