#include "optimizer/design/uniform.hpp"

#include <optional>
#include <vector>

#include "core/feasible.hpp"
#include "core/random.hpp"
#include "optimizer/design/prior_map.hpp"
#include "optimizer/novelty.hpp"

namespace vilfredo {

namespace {

/// By the priors, again while the constraints refuse it or it is not new; nothing when that hardly happens.
std::optional<assignments> believed(const space& domain, const prior_map& priors, const novelty& seen,
                                    random_source& random) {
  constexpr int tries = 1000;
  std::vector<double> u(domain.size());
  for (int i = 0; i < tries; ++i) {
    for (double& v : u) v = random.uniform();
    priors.apply(u);
    auto x = domain.from_unit(u);
    if (domain.feasible(x) && seen.is_new_draw(x)) return x;
  }
  return std::nullopt;
}

}  // namespace

result<plan> suggest_uniform(const plan_job& job) {
  random_source random(job.seed);
  const prior_map priors(*job.space);
  const feasible_sampler feasible(*job.space);
  novelty seen(job);
  plan out;
  while (out.candidates.size() < job.count) {
    if (job.is_cancelled()) return error{errc::later, "cancelled"};
    auto x = priors.empty() ? std::nullopt : believed(*job.space, priors, seen, random);
    out.candidates.push_back(x ? *std::move(x) : seen.draw(feasible, random));
    seen.take(out.candidates.back());
  }
  out.note = "random";
  return out;
}

}  // namespace vilfredo
