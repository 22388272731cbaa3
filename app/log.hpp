#pragma once
#include <chrono>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "app/log_level.hpp"
#include "app/log_writer.hpp"
#include "core/error.hpp"
#include "io/api/service.hpp"

namespace vilfredo::app {

/// The daemon's log: a line each, of text or JSON, on standard error or at the end of a file. For many threads at once,
/// none of which it holds up: lines are written by another, and lost where they are not taken (log_writer).
///
/// Lines hold no secrets, because nobody gives it any: requests come without bodies, queries and headers.
class log {
public:
  enum class format { text, json };

  /// `file` empty: standard error. Fails when it cannot be opened.
  static result<std::unique_ptr<log>> open(std::string file, format how, log_level most);

  void say(log_level level, std::string_view what);
  void request(const api::served& what);

  /// Begins the file anew, which somebody else has moved away. When that fails the old one is written on, and says so.
  void reopen();
  /// Tells more or less from now on; the level that holds then.
  log_level change(int steps);

  /// Waits until all that was said is written or lost; false when that takes longer than `patience`.
  bool flush(std::chrono::milliseconds patience) { return writer_.flush(patience); }
  log_losses lost() const { return writer_.lost(); }

private:
  log(int to, std::string file, format how, log_level most);
  bool told(log_level level);

  const std::string file_;
  const format how_;
  std::mutex mutex_;  // guards the next
  log_level most_;
  log_writer writer_;
};

}  // namespace vilfredo::app
