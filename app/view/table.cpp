#include "app/view/table.hpp"

#include <algorithm>
#include <numeric>

#include "app/view/text.hpp"

namespace vilfredo::view {

namespace {

constexpr std::size_t gap = 2;
constexpr std::size_t narrowest = 6;  // of a column that had to give way

std::vector<std::size_t> widths(const table& x, const style& how) {
  std::vector<std::size_t> out;
  for (const auto& c : x.columns) out.push_back(width(printable(c.title)));
  for (const auto& row : x.rows)
    for (std::size_t i = 0; i < row.size(); ++i) out[i] = std::max(out[i], width(printable(row[i].text)));
  if (how.width == 0 || out.empty()) return out;
  auto total = std::accumulate(out.begin(), out.end(), gap * (out.size() - 1));
  while (total > how.width) {
    auto widest = std::ranges::max_element(out);
    if (*widest <= narrowest) break;
    --*widest;
    --total;
  }
  return out;
}

line laid_out(const std::vector<span>& row, const table& x, const std::vector<std::size_t>& room, bool unicode) {
  line out;
  for (std::size_t i = 0; i < row.size(); ++i) {
    auto text = clip(printable(row[i].text), room[i], unicode);
    bool last = i + 1 == row.size();
    if (x.columns[i].right)
      text = pad_left(std::move(text), room[i]);
    else if (!last)
      text = pad_right(std::move(text), room[i]);
    if (i) out.push_back({std::string(gap, ' ')});
    out.push_back({std::move(text), row[i].tone});
  }
  return out;
}

}  // namespace

lines render(const table& x, const style& how) {
  auto room = widths(x, how);
  std::vector<span> heading;
  for (const auto& c : x.columns) heading.push_back({c.title, tone::faint});
  lines out{laid_out(heading, x, room, how.unicode)};
  for (const auto& row : x.rows) out.push_back(laid_out(row, x, room, how.unicode));
  return out;
}

}  // namespace vilfredo::view
