#include "app/view/plot.hpp"

#include <algorithm>
#include <cmath>

#include "app/view/number.hpp"
#include "app/view/text.hpp"

namespace vilfredo::view {

namespace {

constexpr std::size_t widest = 76;

/// From numbers to cells: the ends of the data are the first and the last cell.
struct axis {
  double low = 0, high = 1;
  std::size_t cells = 1;

  std::size_t cell(double v) const {
    if (!(high > low)) return (cells - 1) / 2;
    auto share = std::clamp((v - low) / (high - low), 0.0, 1.0);
    return static_cast<std::size_t>(std::lround(share * static_cast<double>(cells - 1)));
  }
  bool shows(const std::optional<double>& v) const { return v && *v >= low && *v <= high; }
};

struct glyphs {
  const char *ineligible, *dominated, *front, *vertical, *horizontal, *corner, *across, *down;
};
constexpr glyphs fancy{"x", "·", "●", "│", "─", "└", "┄", "┊"};
constexpr glyphs plain_ascii{"x", ".", "o", "|", "-", "+", "-", ":"};

tone tone_of(plot::kind k) {
  return k == plot::kind::front ? tone::good : k == plot::kind::dominated ? tone::plain : tone::faint;
}

}  // namespace

lines render(const plot& x, const style& how) {
  std::vector<plot::point> points;
  std::ranges::copy_if(x.points, std::back_inserter(points),
                       [](const auto& p) { return std::isfinite(p.x) && std::isfinite(p.y); });
  if (points.empty()) return {};
  std::ranges::stable_sort(points, {}, &plot::point::kind);
  auto [left, right] = std::ranges::minmax(points, {}, &plot::point::x);
  auto [bottom, top] = std::ranges::minmax(points, {}, &plot::point::y);
  auto high = brief(top.y), low = brief(bottom.y);
  auto margin = std::max(width(high), width(low)) + 1;
  auto room = how.width ? std::min(how.width, widest) : widest;
  axis across{left.x, right.x, room > margin + 10 ? room - margin - 1 : 10};
  axis up{bottom.y, top.y, std::max<std::size_t>(2, x.height)};
  const auto& g = how.unicode ? fancy : plain_ascii;

  struct cell {
    const char* glyph = " ";
    view::tone tone = tone::plain;
  };
  std::vector<std::vector<cell>> grid(up.cells, std::vector<cell>(across.cells));
  auto row_of = [&](double y) { return up.cells - 1 - up.cell(y); };
  if (across.shows(x.x_threshold))
    for (auto& row : grid) row[across.cell(*x.x_threshold)] = {g.down, tone::warning};
  if (up.shows(x.y_threshold))
    for (auto& c : grid[row_of(*x.y_threshold)]) c = {g.across, tone::warning};
  for (const auto& p : points) {
    auto glyph = p.kind == plot::kind::front ? g.front : p.kind == plot::kind::dominated ? g.dominated : g.ineligible;
    grid[row_of(p.y)][across.cell(p.x)] = {glyph, tone_of(p.kind)};
  }

  lines out{{{x.y_label, tone::strong}}};
  for (std::size_t r = 0; r < grid.size(); ++r) {
    auto label = r == 0 ? high : r + 1 == grid.size() && low != high ? low : "";
    line l{{pad_left(label, margin - 1) + " ", tone::faint}, {g.vertical, tone::faint}};
    for (const auto& c : grid[r]) {
      if (l.back().tone == c.tone)
        l.back().text += c.glyph;
      else
        l.push_back({c.glyph, c.tone});
    }
    out.push_back(std::move(l));
  }
  std::string base = std::string(margin, ' ') + g.corner;
  for (std::size_t i = 0; i < across.cells; ++i) base += g.horizontal;
  out.push_back({{base, tone::faint}});
  auto from = brief(left.x), to = brief(right.x);
  // The label stands between the ends of its axis, and on a line of its own where there is no room.
  auto between = across.cells > width(from) + width(to) ? across.cells - width(from) - width(to) : 1;
  auto label = clip(printable(x.x_label), between > 2 ? between - 2 : between, how.unicode);
  auto before = (between - std::min(between, width(label))) / 2;
  out.push_back({{std::string(margin + 1, ' ') + from, tone::faint},
                 {pad_right(std::string(before, ' ') + label, between), tone::strong},
                 {to == from ? "" : to, tone::faint}});
  bool bad = std::ranges::any_of(points, [](const auto& p) { return p.kind == plot::kind::ineligible; });
  line legend{{std::string(margin + 1, ' ')},
              {g.front, tone::good},
              {" front  ", tone::faint},
              {g.dominated},
              {" dominated", tone::faint}};
  if (bad) legend.insert(legend.end(), {{"  "}, {g.ineligible, tone::faint}, {" misses a threshold", tone::faint}});
  out.push_back(std::move(legend));
  return out;
}

}  // namespace vilfredo::view
