#include "optimizer/evolution/nsga3.hpp"

#include "optimizer/evolution/breeding.hpp"

namespace vilfredo {

std::span<const option_description> nsga3_options() { return breeding_options(); }

result<plan> suggest_nsga3(const plan_job& job) { return breed(job, {.mark = "nsga3", .most_crowded = 1}); }

}  // namespace vilfredo
