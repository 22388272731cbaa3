#include "app/view/number.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <ctime>

namespace vilfredo::view {

namespace {
template <class... T>
std::string formatted(const char* format, T... values) {
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), format, values...);
  return text.data();
}
}  // namespace

std::string brief(double x) { return formatted("%.5g", x); }

std::string brief(const parameter_value& x) {
  if (auto* real = std::get_if<double>(&x)) return brief(*real);
  if (auto* whole = std::get_if<std::int64_t>(&x)) return std::to_string(*whole);
  return std::get<std::string>(x);
}

std::string brief(duration x) {
  auto ms = std::max<long long>(0, x.count());
  if (ms < 10'000) return formatted("%.1f s", static_cast<double>(ms) / 1000);
  auto s = ms / 1000;
  if (s < 60) return formatted("%lld s", s);
  if (s < 3600) return formatted("%lld min %02lld s", s / 60, s % 60);
  if (s < 86'400) return formatted("%lld h %02lld min", s / 3600, s % 3600 / 60);
  return formatted("%lld d %02lld h", s / 86'400, s % 86'400 / 3600);
}

std::string counted(std::size_t n, const std::string& noun) {
  return std::to_string(n) + " " + noun + (n == 1 ? "" : "s");
}

std::string time_of_day(time_point x) {
  auto seconds = std::chrono::system_clock::to_time_t(x);
  std::tm parts{};
  localtime_r(&seconds, &parts);
  return formatted("%02d:%02d:%02d", parts.tm_hour, parts.tm_min, parts.tm_sec);
}

std::string timestamp(time_point x) {
  auto ms = x.time_since_epoch().count();
  auto part = ((ms % 1000) + 1000) % 1000;
  std::time_t seconds = (ms - part) / 1000;
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  return formatted("%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday,
                   parts.tm_hour, parts.tm_min, parts.tm_sec, static_cast<int>(part));
}

}  // namespace vilfredo::view
