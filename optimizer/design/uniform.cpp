#include "optimizer/design/uniform.hpp"

#include "core/feasible.hpp"
#include "core/random.hpp"
#include "optimizer/novelty.hpp"

namespace vilfredo {

result<plan> suggest_uniform(const plan_job& job) {
  random_source random(job.seed);
  const feasible_sampler feasible(*job.space);
  novelty seen(job);
  plan out;
  while (out.candidates.size() < job.count) {
    if (job.is_cancelled()) return error{errc::later, "cancelled"};
    out.candidates.push_back(seen.draw(feasible, random));
    seen.take(out.candidates.back());
  }
  out.note = "random";
  return out;
}

}  // namespace vilfredo
