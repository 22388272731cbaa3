#include "io/api/best.hpp"

#include <algorithm>

#include "core/goals.hpp"
#include "core/solutions.hpp"

namespace vilfredo::api {

std::vector<const observation*> best_of(const ledger& book) {
  const auto& d = book.definition();
  std::vector<const observation*> out;
  auto optimized = metrics_with(d, strategy::optimize);
  if (d.num_solutions > 1) {
    for (auto id : solutions(d, book.space(), book.observations())) out.push_back(book.find(id));
  } else {
    auto front = book.summary().front();
    if (optimized.size() == 1 && front.size() > 1) front.resize(1);
    for (auto id : front) out.push_back(book.find(id));
  }
  const auto shown = goals(d);
  auto first = *std::ranges::min_element(shown, {}, [&](std::size_t i) { return d.metrics[i].name; });
  double sign = d.metrics[first].objective == objective::maximize ? -1 : 1;
  std::ranges::stable_sort(out, {}, [&](const observation* x) { return sign * x->values[first]; });
  return out;
}

}  // namespace vilfredo::api
