#include "app/log.hpp"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <ctime>
#include <utility>

#include <nlohmann/json.hpp>

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

std::string text_line(log_level level, std::string_view text) {
  return moment() + " " + to_string(level) + " " + std::string(text) + "\n";
}

std::string json_line(log_level level, std::string_view event, const nlohmann::ordered_json& fields) {
  nlohmann::ordered_json all{{"at", moment()}, {"level", to_string(level)}, {"event", event}};
  all.update(fields);
  return all.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

std::string plain_line(log::format how, log_level level, std::string_view what) {
  auto text = io::printable(what, longest_text);
  return how == log::format::text ? text_line(level, text) : json_line(level, "notice", {{"text", text}});
}

std::string lost_line(log::format how, const log_losses& by_level) {
  auto lines = nlohmann::ordered_json::object();
  std::uint64_t all = 0;
  std::string each;
  for (auto level : log_levels) {
    const auto n = by_level[static_cast<std::size_t>(level)];
    if (n == 0) continue;
    lines[to_string(level)] = n;
    all += n;
    each += (each.empty() ? "" : ", ") + std::to_string(n) + " of level " + to_string(level);
  }
  auto text = std::to_string(all) + (all == 1 ? " line was" : " lines were") +
              " lost here, for they could not be written: " + each;
  if (how == log::format::text) return text_line(log_level::warning, text);
  return json_line(log_level::warning, "lost", {{"lines", std::move(lines)}, {"text", text}});
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
  result<int> to = file.empty() ? ::dup(STDERR_FILENO) : log_writer::open(file);
  if (!to) return to.error();
  return std::unique_ptr<log>(new log(*to, std::move(file), how, most));
}

log::log(int to, std::string file, format how, log_level most)
    : file_(std::move(file)),
      how_(how),
      most_(most),
      writer_(to, {[how](const log_losses& x) { return lost_line(how, x); },
                   [how](const error& why) { return plain_line(how, log_level::warning, why.message); }}) {}

void log::reopen() {
  if (!file_.empty()) writer_.reopen(file_);
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
  if (told(level)) writer_.put(level, plain_line(how_, level, what));
}

void log::request(const api::served& x) {
  const auto level = x.changes ? log_level::notice : log_level::info;
  if (!told(level)) return;
  // Names are their givers' to choose: none may begin a line of its own.
  auto path = io::printable(x.path, longest_text), who = io::printable(x.who, longest_text),
       object = io::printable(x.object, longest_text);
  if (how_ == format::json)
    return writer_.put(level, json_line(level, x.changes ? "change" : "request",
                                        {{"method", x.method},
                                         {"path", path},
                                         {"status", x.status},
                                         {"who", who},
                                         {"token", x.token},
                                         {"peer", x.peer},
                                         {"object", object}}));
  auto text = std::string(x.method) + " " + path + " " + std::to_string(x.status);
  if (!who.empty()) text += " by " + who;
  if (!x.token.empty() && who != x.token) text += " (…" + std::string(x.token) + ")";
  text += " from " + std::string(x.peer);
  if (!object.empty()) text += ": " + object;
  writer_.put(level, text_line(level, text));
}

}  // namespace vilfredo::app
