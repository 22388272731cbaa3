#include "optimizer/stopping/leaders.hpp"

#include <algorithm>
#include <tuple>

#include "core/pareto.hpp"
#include "core/random.hpp"

namespace vilfredo::stopping {

bool leaders::beats(const member& a, const member& b) {
  return dominates(a.losses, b.losses) || (a.losses == b.losses && a.hash < b.hash);
}

std::vector<std::uint64_t> leaders::insert(std::uint64_t key, std::vector<double> losses) {
  member x{key, derive_seed(0, key), std::move(losses), 0};
  for (auto& m : kept_)
    if (beats(m, x))
      ++x.dominators;
    else if (beats(x, m))
      ++m.dominators;
  kept_.push_back(std::move(x));
  std::vector<std::uint64_t> forgotten;
  std::erase_if(kept_, [&](const member& m) {
    const bool out = m.dominators >= depth_;
    if (out) forgotten.push_back(m.key);
    return out;
  });
  return forgotten;
}

std::vector<std::uint64_t> leaders::best(std::size_t count) const {
  std::vector<const member*> order;
  for (const auto& m : kept_) order.push_back(&m);
  const auto end = order.begin() + static_cast<std::ptrdiff_t>(std::min({count, depth_, order.size()}));
  std::ranges::partial_sort(order, end, {}, [](const member* m) { return std::tuple(m->dominators, m->hash, m->key); });
  std::vector<std::uint64_t> out;
  for (auto at = order.begin(); at != end; ++at) out.push_back((*at)->key);
  return out;
}

}  // namespace vilfredo::stopping
