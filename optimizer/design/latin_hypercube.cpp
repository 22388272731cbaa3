#include "optimizer/design/latin_hypercube.hpp"

#include <algorithm>
#include <numeric>
#include <optional>

#include "core/feasible.hpp"
#include "core/random.hpp"
#include "optimizer/catalogue.hpp"
#include "optimizer/design/prior_map.hpp"
#include "optimizer/novelty.hpp"

namespace vilfredo {

namespace {

constexpr std::uint64_t hypercube_stream = 0x1a71;
constexpr std::uint64_t most_points = 100'000, usual_points = 64;
constexpr option_description options[] = {
    {"size", "integer", "points in one hypercube; by default the budget, or 64 without one", 1, most_points}};

std::size_t size_of(const plan_job& job) {
  auto wanted = job.definition->observation_budget.value_or(usual_points);
  return static_cast<std::size_t>(
      number_option(job.sampler, "size", static_cast<double>(std::min(wanted, most_points))));
}

}  // namespace

std::span<const option_description> latin_hypercube_options() { return options; }

latin_hypercube::latin_hypercube(std::size_t dimensions, std::size_t size, std::uint64_t seed)
    : size_(size), seed_(seed), slices_(dimensions) {
  for (std::size_t d = 0; d < dimensions; ++d) {
    random_source random(derive_seed(seed, d));
    auto& slice = slices_[d];
    slice.resize(size);
    std::iota(slice.begin(), slice.end(), 0u);
    for (std::size_t i = size; i > 1; --i) std::swap(slice[i - 1], slice[random.below(i)]);
  }
}

void latin_hypercube::point(std::size_t i, std::span<double> out) const {
  random_source random(derive_seed(derive_seed(seed_, 0x717e2), i));  // where in its slice
  for (std::size_t d = 0; d < slices_.size(); ++d)
    out[d] = (slices_[d][i] + random.uniform()) / static_cast<double>(size_);
}

result<plan> suggest_latin_hypercube(const plan_job& job) {
  const auto& domain = *job.space;
  const auto size = size_of(job);
  const auto seed = derive_seed(job.definition->seed, hypercube_stream);
  const prior_map priors(domain);
  const feasible_sampler feasible(domain);
  novelty seen(job);
  random_source random(job.seed);
  std::optional<latin_hypercube> cube;
  std::uint64_t cube_number = 0;
  std::vector<double> u(domain.size());
  plan out;
  for (auto i = job.first; out.candidates.size() < job.count; ++i) {
    if (job.is_cancelled()) return error{errc::later, "cancelled"};
    if (!cube || cube_number != i / size) {
      cube_number = i / size;
      cube.emplace(domain.size(), size, derive_seed(seed, cube_number));
    }
    cube->point(i % size, u);
    priors.apply(u);
    auto x = feasible.repair(u);
    if (!seen.is_new(x)) x = seen.draw(feasible, random);
    seen.take(x);
    out.candidates.push_back(std::move(x));
  }
  out.note = "hypercube " + std::to_string(cube_number + 1) + " of " + std::to_string(size) + " points";
  return out;
}

}  // namespace vilfredo
