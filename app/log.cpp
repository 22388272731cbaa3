#include "app/log.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <ctime>
#include <utility>

#include <nlohmann/json.hpp>

#include "app/terminal.hpp"
#include "io/printable.hpp"

namespace vilfredo::app {

namespace {

constexpr std::size_t longest_text = 4000;

std::string moment() {
  using namespace std::chrono;
  const auto now = floor<milliseconds>(system_clock::now());
  const auto t = system_clock::to_time_t(now);
  std::tm parts{};
  ::gmtime_r(&t, &parts);
  char out[40];
  auto n = std::strftime(out, sizeof out, "%Y-%m-%dT%H:%M:%S", &parts);
  n += static_cast<std::size_t>(
      std::snprintf(out + n, sizeof out - n, ".%03dZ", static_cast<int>(now.time_since_epoch().count() % 1000)));
  return {out, n};
}

}  // namespace

const char* to_string(log_level level) {
  switch (level) {
  case log_level::error: return "error";
  case log_level::warning: return "warning";
  case log_level::notice: return "notice";
  case log_level::info: return "info";
  }
  return "?";
}

result<std::unique_ptr<log>> log::open(std::string file, format how, log_level most) {
  std::unique_ptr<log> out(new log(std::move(file), how, most));
  if (out->file_.empty()) {
    out->to_ = ::dup(STDERR_FILENO);
    return out;
  }
  if (auto opened = out->reopen(); !opened) return opened.error();
  return out;
}

log::~log() {
  if (to_ >= 0) ::close(to_);
}

result<void> log::reopen() {
  if (file_.empty()) return {};
  const int fresh = ::open(file_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0640);
  if (fresh < 0) return error{errc::invalid, "the log file " + file_ + " cannot be opened: " + std::strerror(errno)};
  std::lock_guard hold(mutex_);
  const int before = std::exchange(to_, fresh);
  if (before >= 0) ::close(before);
  return {};
}

log_level log::change(int steps) {
  std::lock_guard hold(mutex_);
  most_ = static_cast<log_level>(std::clamp(static_cast<int>(most_) + steps, static_cast<int>(log_level::error),
                                            static_cast<int>(log_level::info)));
  return most_;
}

bool log::told(log_level level) {
  std::lock_guard hold(mutex_);
  return level <= most_;
}

void log::say(log_level level, std::string_view what) {
  if (!told(level)) return;
  auto text = io::printable(what, longest_text);
  write(level, "notice", {{"text", text}}, text);
}

void log::request(const api::served& x) {
  const auto level = x.changes ? log_level::notice : log_level::info;
  if (!told(level)) return;
  // Names are their givers' to choose: none may begin a line of its own.
  auto path = io::printable(x.path, longest_text), who = io::printable(x.who, longest_text),
       object = io::printable(x.object, longest_text);
  write(level, x.changes ? "change" : "request",
        {{"method", x.method},
         {"path", path},
         {"status", x.status},
         {"who", who},
         {"token", x.token},
         {"peer", x.peer},
         {"object", object}},
        std::string(x.method) + " " + path + " " + std::to_string(x.status) + (who.empty() ? "" : " by " + who) +
            (x.token.empty() || who == x.token ? "" : " (…" + std::string(x.token) + ")") + " from " +
            std::string(x.peer) + (object.empty() ? "" : ": " + object));
}

void log::write(log_level level, std::string_view event, const nlohmann::ordered_json& fields,
                const std::string& text) {
  std::string line;
  if (how_ == format::json) {
    nlohmann::ordered_json all{{"at", moment()}, {"level", to_string(level)}, {"event", event}};
    all.update(fields);
    line = all.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  } else {
    line = moment() + " " + to_string(level) + " " + text;
  }
  std::lock_guard hold(mutex_);
  // A log on a full disk must not end what it tells of.
  (void)write_all(to_, line + "\n");
}

}  // namespace vilfredo::app
