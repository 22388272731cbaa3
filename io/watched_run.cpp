#include "io/watched_run.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>

#include <unistd.h>

#include "io/printable.hpp"
#include "io/run_output_parser.hpp"

namespace vilfredo::io {

namespace {

using descriptor = boost::asio::posix::stream_descriptor;
using std::chrono::steady_clock;

constexpr std::size_t longest_last_words = 500;

steady_clock::duration from_seconds(double x) {
  constexpr double most = 1e9;  // some thirty years; more would overflow the clock
  return std::chrono::duration_cast<steady_clock::duration>(std::chrono::duration<double>(std::clamp(x, 0.0, most)));
}

}  // namespace

watched_run::watched_run(boost::asio::io_context& context, child_process child, trial_log output, trial_log errors,
                         options how, std::function<void(run_message)> tell, farewell done)
    : how_(how),
      child_(std::move(child)),
      output_{descriptor(context, child_.output().release()), std::move(output), line_splitter(how.line_limit_bytes),
              [this](const auto& said) { heed(said); }},
      errors_{descriptor(context, child_.errors().release()), std::move(errors), line_splitter(how.line_limit_bytes),
              [this](const auto& said) { remember(said); }},
      ended_(context, child_.ended().release()),
      time_(context),
      drain_(context),
      tell_(std::move(tell)),
      done_(std::move(done)),
      begun_(steady_clock::now()) {}

void watched_run::begin() {
  wait(output_);
  wait(errors_);
  ended_.async_wait(descriptor::wait_read, [self = shared_from_this()](auto failed) {
    if (!failed) self->take_end();
  });
  if (how_.timeout_seconds <= 0) return;
  time_.expires_at(begun_ + from_seconds(how_.timeout_seconds));
  time_.async_wait([self = shared_from_this()](auto failed) {
    if (failed || self->ending_ || self->end_) return;
    self->exit_.timed_out = true;
    self->end_politely();
  });
}

void watched_run::stop() {
  if (ending_ || end_) return;
  exit_.stopped = true;
  end_politely();
}

void watched_run::end_politely() {
  ending_ = true;
  child_.signal_group(SIGTERM);
  child_.signal_group(SIGCONT);  // who is suspended cannot be polite
  time_.expires_after(from_seconds(how_.grace_seconds));
  time_.async_wait([self = shared_from_this()](auto failed) {
    if (!failed) self->child_.signal_group(SIGKILL);
  });
}

void watched_run::abandon() {
  child_.signal_group(SIGKILL);
  tell_ = nullptr;
  done_ = nullptr;
  end_.emplace();
  boost::system::error_code ignored;
  ended_.close(ignored);
  time_.cancel(ignored);
  drain_.cancel(ignored);
  close(output_);
  close(errors_);
}

void watched_run::wait(stream& from) {
  from.descriptor.async_wait(descriptor::wait_read, [self = shared_from_this(), &from](auto failed) {
    if (!failed) self->read(from);
  });
}

void watched_run::read(stream& from) {
  // One for all runs: they share the thread, and what was read is used up at once.
  static thread_local std::array<char, 64 * 1024> buffer;
  // One read a turn, so that a program that floods its output takes turns with all others.
  auto got = ::read(from.descriptor.native_handle(), buffer.data(), buffer.size());
  if (got > 0) {
    std::string_view bytes(buffer.data(), static_cast<std::size_t>(got));
    from.log.append(bytes);
    from.lines.take(bytes, from.each);
  }
  if (!from.descriptor.is_open()) return;  // whoever was told about a line may have ended everything
  if (got > 0 || (got < 0 && (errno == EAGAIN || errno == EINTR))) return wait(from);
  close(from);
  finish_when_done();
}

void watched_run::close(stream& which) {
  if (!which.descriptor.is_open()) return;
  boost::system::error_code ignored;
  which.descriptor.close(ignored);
  which.lines.finish(which.each);
  which.log.close();
}

void watched_run::heed(const line_splitter::line& said) {
  if (!tell_) return;
  auto message = said.cut ? std::nullopt : parse_run_output(said.text);
  if (!message) {
    if (!has_told_ && !near_miss_) near_miss_ = near_miss(said.text, said.cut);
    return;
  }
  has_told_ = true;
  tell_(*std::move(message));
}

void watched_run::remember(const line_splitter::line& said) {
  auto text = said.text;
  // A progress bar overwrites itself: the last of it is what people saw.
  if (auto overwritten = text.rfind('\r'); overwritten != std::string_view::npos) text.remove_prefix(overwritten + 1);
  if (text.find_first_not_of(" \t") != std::string_view::npos) last_words_ = text.substr(0, longest_last_words + 1);
}

void watched_run::take_end() {
  end_ = child_.take_end();
  exit_.seconds = std::chrono::duration<double>(steady_clock::now() - begun_).count();
  boost::system::error_code ignored;
  ended_.close(ignored);
  time_.cancel(ignored);
  // The group is dead, but a process that left it can hold the pipes open for as long as it likes.
  drain_.expires_after(how_.drain);
  drain_.async_wait([self = shared_from_this()](auto failed) {
    if (failed) return;
    self->cut_off_ = true;
    self->close(self->output_);
    self->close(self->errors_);
    self->finish_when_done();
  });
  finish_when_done();
}

void watched_run::finish_when_done() {
  if (!end_ || output_.descriptor.is_open() || errors_.descriptor.is_open() || !tell_) return;
  boost::system::error_code ignored;
  drain_.cancel(ignored);
  exit_.code = end_->code;
  exit_.signal = end_->signal;
  exit_.cpu_seconds = end_->cpu_seconds;
  exit_.peak_memory_kb = end_->peak_memory_kb;
  exit_.last_words = printable(last_words_, longest_last_words);
  auto tell = std::exchange(tell_, nullptr);
  std::exchange(done_, nullptr)(!ending_ && !cut_off_);
  if (near_miss_ && !has_told_) tell(*std::move(near_miss_));
  tell(std::move(exit_));
}

}  // namespace vilfredo::io
