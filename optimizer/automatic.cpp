#include "optimizer/automatic.hpp"

#include <algorithm>
#include <chrono>

#include "optimizer/bayes/gp_sampler.hpp"
#include "optimizer/bayes/turbo.hpp"
#include "optimizer/evolution/cma_es.hpp"
#include "optimizer/evolution/nsga2.hpp"
#include "optimizer/tpe/tpe.hpp"

namespace vilfredo {

namespace {

constexpr std::size_t modelled = 500, modelled_to_the_end = 750;
constexpr std::ptrdiff_t modelled_as_a_whole = 20;  // parameters

/// Parameters that are categories or exist under conditions only, where a distribution over numbers has little hold.
bool mostly_choices(const space& domain) {
  const auto choices = std::ranges::count_if(domain.dimensions(), [](const parameter& p) {
    return p.type == parameter_type::categorical || !p.conditions.empty();
  });
  return 2 * static_cast<std::size_t>(choices) > domain.size();
}

/// One best configuration is wanted, of so many parameters that a model of a neighbourhood of it serves better.
bool in_a_box(const plan_job& job) {
  const auto& d = *job.definition;
  const auto varied = std::ranges::count_if(job.space->dimensions(), varies);
  return varied > modelled_as_a_whole && d.tasks.empty() && d.num_solutions <= 1 &&
         metrics_with(d, strategy::optimize).size() == 1 && metrics_with(d, strategy::constraint).empty();
}

/// Observations come in so much faster than gp plans that most suggestions would miss what was just learnt. Their times
/// say how fast; where these stand still nothing is known.
bool hasty(const plan_job& job) {
  constexpr std::size_t window = 32;
  constexpr double misses = 8;  // observations that a plan may miss, besides those of the trials at its side
  const auto n = job.observations.size();
  if (n <= window) return false;
  const auto span = job.observations[n - 1].at - job.observations[n - 1 - window].at;
  const double gap = std::chrono::duration<double, std::milli>(span).count() / window;
  const double plan = 4 + 0.05 * static_cast<double>(n);  // milliseconds, of ten parameters; bench/latency.cpp
  return gap > 0 && plan > (misses + job.definition->parallel_bandwidth) * gap;
}

}  // namespace

automatic_choice choose_sampler(const plan_job& job) {
  const auto n = job.observations.size();
  const auto& budget = job.definition->observation_budget;
  const bool tasks = !job.definition->tasks.empty();  // which only gp knows, and the budget is not of observations
  const bool few = tasks || n < modelled || (budget && *budget < modelled_to_the_end);
  const bool in_haste = few && hasty(job);
  const auto goals = metrics_with(*job.definition, strategy::optimize).size();
  const auto counted = std::to_string(n) + (in_haste ? " observations in haste" : " observations");
  if (goals == 0 && !hasty(job)) return {"gp", suggest_gp, counted + ", and all that meets the thresholds is wanted"};
  if (goals == 0) return {"tpe", suggest_tpe, counted + ", too fast for a model"};
  if (few && !in_haste && in_a_box(job))
    return {"turbo", suggest_turbo, counted + " of many parameters are modelled around the best"};
  if (few && !in_haste) return {"gp", suggest_gp, counted + " can be modelled one by one"};
  if (goals > 1) return {"nsga2", suggest_nsga2, counted + " of several objectives are a population"};
  if (mostly_choices(*job.space)) return {"nsga2", suggest_nsga2, counted + ", and most parameters are choices"};
  return {"cma_es", suggest_cma_es, counted + ", and most parameters are numbers"};
}

result<plan> suggest_automatically(const plan_job& job) {
  // The job goes on as it is: samplers read options only, and of these "auto" has none.
  const auto choice = choose_sampler(job);
  auto made = choice.suggest(job);
  if (made) {
    made->sampler = choice.sampler;
    made->note = choice.reason + "; " + made->note;
    return made;
  }
  if (made.error().code == errc::later) return made;
  auto instead = suggest_tpe(job);
  if (!instead) return instead;
  instead->sampler = "tpe";
  instead->note = std::string(choice.sampler) + " failed: " + made.error().message + "; " + instead->note;
  return instead;
}

}  // namespace vilfredo
