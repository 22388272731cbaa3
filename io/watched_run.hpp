#pragma once
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>

#include "core/ports.hpp"
#include "core/time.hpp"
#include "io/child_process.hpp"
#include "io/line_splitter.hpp"
#include "io/trial_log.hpp"

namespace vilfredo::io {

/// One child from its start to its last message: reads what it writes, keeps its time, ends it when asked. Lives on the
/// thread of its io_context.
class watched_run : public std::enable_shared_from_this<watched_run> {
public:
  struct options {
    double timeout_seconds = 0;  ///< 0: none
    double grace_seconds = 0;
    duration drain{0};
    std::size_t line_limit_bytes = 0;
  };
  /// Called once, before the last message. `complete`: it ended by itself and closed its output, so nothing of it is
  /// likely to be alive.
  using farewell = std::function<void(bool complete)>;

  watched_run(boost::asio::io_context& context, child_process child, trial_log output, trial_log errors, options how,
              std::function<void(run_message)> tell, farewell done);

  void begin();
  /// Politely at first, after the grace time for good. Once is enough; more change nothing.
  void stop();
  /// Kills the group and is silent from now on.
  void abandon();

private:
  struct stream {
    boost::asio::posix::stream_descriptor descriptor;
    trial_log log;
    line_splitter lines;
    std::function<void(const line_splitter::line&)> each;
    void close();
  };

  void wait(stream& from);
  void read(stream& from);
  void close(stream& which);
  void heed(const line_splitter::line& said);
  void remember(const line_splitter::line& said);
  void end_politely();
  void take_end();
  void finish_when_done();

  options how_;
  child_process child_;
  stream output_, errors_;
  boost::asio::posix::stream_descriptor ended_;
  boost::asio::steady_timer time_, drain_;
  std::function<void(run_message)> tell_;
  farewell done_;
  std::chrono::steady_clock::time_point begun_;
  std::string last_words_;
  /// Of a program that has told nothing so far: the first line that was perhaps meant to.
  std::optional<run_misreport> near_miss_;
  bool has_told_ = false;
  std::optional<child_end> end_;
  run_exit exit_;
  bool ending_ = false, cut_off_ = false;
};

}  // namespace vilfredo::io
