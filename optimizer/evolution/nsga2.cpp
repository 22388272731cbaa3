#include "optimizer/evolution/nsga2.hpp"

#include "optimizer/evolution/breeding.hpp"

namespace vilfredo {

std::span<const option_description> nsga2_options() { return breeding_options(); }

result<plan> suggest_nsga2(const plan_job& job) { return breed(job, {.mark = "nsga2"}); }

}  // namespace vilfredo
