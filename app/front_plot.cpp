#include "app/front_plot.hpp"

#include <algorithm>

#include "core/goals.hpp"

namespace vilfredo::app {

namespace {
bool meets_all(const definition& d, const observation& x) {
  for (std::size_t i = 0; i < d.metrics.size(); ++i)
    if (d.metrics[i].threshold && d.metrics[i].strategy != strategy::store && !meets(d.metrics[i], x.values[i]))
      return false;
  return true;
}
std::string label(const metric& m) { return m.name + " (" + to_string(m.objective) + ")"; }
}  // namespace

std::optional<view::plot> front_plot(const ledger& book) {
  const auto& d = book.definition();
  const auto axes = goals(d);
  if (axes.size() != 2) return std::nullopt;
  const auto x = axes[0], y = axes[1];
  view::plot out;
  out.x_label = label(d.metrics[x]);
  out.y_label = label(d.metrics[y]);
  out.x_threshold = d.metrics[x].threshold;
  out.y_threshold = d.metrics[y].threshold;
  for (const auto& seen : book.observations()) {
    if (!seen.final() || seen.values.size() != d.metrics.size()) continue;
    auto kind = book.summary().on_front(seen.id) ? view::plot::kind::front
                : meets_all(d, seen)             ? view::plot::kind::dominated
                                                 : view::plot::kind::ineligible;
    out.points.push_back({seen.values[x], seen.values[y], kind});
  }
  return out;
}

}  // namespace vilfredo::app
