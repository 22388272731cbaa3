#include "app/expiry.hpp"

#include <charconv>
#include <chrono>

namespace vilfredo::app {

namespace {
/// The whole text as a number.
template <class T>
bool whole(std::string_view text, T& out) {
  auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), out);
  return failed == std::errc{} && end == text.data() + text.size();
}
}  // namespace

result<std::int64_t> read_expiry(const std::string& text, time_point now) {
  using namespace std::chrono;
  constexpr int most_days = 36'500;
  const error wrong{errc::invalid, "--expires " + text +
                                       " is neither days from now, such as 90d, nor a day to come, such "
                                       "as 2027-01-31"};
  std::string_view all = text;
  const auto today = floor<seconds>(now).time_since_epoch();
  if (all.ends_with('d')) {
    int n = 0;
    if (!whole(all.substr(0, all.size() - 1), n) || n < 1 || n > most_days) return wrong;
    return (today + days{n}).count();
  }
  int y = 0;
  unsigned m = 0, d = 0;
  if (all.size() != 10 || all[4] != '-' || all[7] != '-' || !whole(all.substr(0, 4), y) ||
      !whole(all.substr(5, 2), m) || !whole(all.substr(8, 2), d))
    return wrong;
  const year_month_day day{year{y}, month{m}, std::chrono::day{d}};
  if (!day.ok()) return wrong;
  const auto at = duration_cast<seconds>(sys_days{day}.time_since_epoch());
  if (at <= today) return wrong;
  return at.count();
}

}  // namespace vilfredo::app
