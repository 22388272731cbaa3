// How long a Pareto front takes to be kept, a point, beside the front that its definition makes: every member is asked
// whether it dominates the point, and then whether the point dominates it. Both must hold the same in the same order.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <ctime>

#include "core/pareto.hpp"
#include "core/random.hpp"

using namespace vilfredo;

namespace {

class plain_front {
public:
  void insert(std::uint64_t key, const std::vector<double>& values) {
    if (std::ranges::any_of(members, [&](const auto& m) { return dominates(m.values, values); })) return;
    std::erase_if(members, [&](const auto& m) { return dominates(values, m.values); });
    members.push_back({key, values});
  }
  std::vector<pareto_front::member> members;
};

/// Points near a sphere, so that many of them are on the front.
std::vector<std::vector<double>> points(std::size_t n, std::size_t objectives) {
  random_source random(objectives);
  std::vector<std::vector<double>> out(n, std::vector<double>(objectives));
  for (auto& p : out) {
    double length = 0;
    for (auto& x : p) {
      x = std::fabs(random.normal());
      length += x * x;
    }
    const double radius = 0.98 + 0.02 * random.uniform();
    for (auto& x : p) x = -radius * x / std::sqrt(length);
  }
  return out;
}

template <class Front>
double microseconds_a_point(Front& front, const std::vector<std::vector<double>>& all) {
  const auto begin = std::clock();
  for (std::size_t i = 0; i < all.size(); ++i) front.insert(i + 1, all[i]);
  return 1e6 * static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC / static_cast<double>(all.size());
}

}  // namespace

int main() {
  std::printf("| objectives | points | on the front | microseconds a point | by definition | ratio |\n");
  std::printf("|---|---|---|---|---|---|\n");
  for (std::size_t objectives : {2u, 3u, 5u})
    for (std::size_t n : {1'000u, 10'000u, 30'000u}) {
      const auto all = points(n, objectives);
      plain_front plain;
      pareto_front kept;
      const double slow = microseconds_a_point(plain, all), quick = microseconds_a_point(kept, all);
      const bool same = std::ranges::equal(plain.members, kept.members(), [](const auto& a, const auto& b) {
        return a.key == b.key && a.values == b.values;
      });
      if (!same) {
        std::fprintf(stderr, "the fronts differ\n");
        return EXIT_FAILURE;
      }
      std::printf("| %zu | %zu | %zu | %.2f | %.2f | %.1f |\n", objectives, n, plain.members.size(), quick, slow,
                  slow / quick);
    }
}
