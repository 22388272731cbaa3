#pragma once
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include "core/error.hpp"
#include "io/api/service.hpp"

namespace vilfredo::app {

/// How much is told; each tells what those before it tell, too.
enum class log_level {
  error,    ///< what ends the daemon
  warning,  ///< what needs somebody
  notice,   ///< beginnings and ends, and each request that changed something: who, what, which
  info,     ///< each request, and bytes that were none
};
const char* to_string(log_level level);

/// The daemon's log: a line each, of text or JSON, on standard error or at the end of a file. For many threads at once.
///
/// Lines hold no secrets, because nobody gives it any: requests come without bodies, queries and headers.
class log {
public:
  enum class format { text, json };

  /// `file` empty: standard error. Fails when it cannot be opened.
  static result<std::unique_ptr<log>> open(std::string file, format how, log_level most);
  ~log();
  log(const log&) = delete;
  log& operator=(const log&) = delete;

  void say(log_level level, std::string_view what);
  void request(const api::served& what);

  /// Opens the file again, which somebody else has moved away. When that fails the old one is written on.
  result<void> reopen();
  /// Tells more or less from now on; the level that holds then.
  log_level change(int steps);

private:
  log(std::string file, format how, log_level most) : file_(std::move(file)), how_(how), most_(most) {}
  bool told(log_level level);
  void write(log_level level, std::string_view event, const nlohmann::ordered_json& fields, const std::string& text);

  const std::string file_;
  const format how_;
  std::mutex mutex_;  // guards what follows
  log_level most_;
  int to_ = -1;
};

}  // namespace vilfredo::app
