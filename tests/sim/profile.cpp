#include "tests/sim/profile.hpp"

#include <algorithm>

#include "tests/support/builders.hpp"

namespace vilfredo::sim {

const char* to_string(fault x) {
  static constexpr const char* names[] = {"process_crash",   "actor_crash",     "store_error",      "store_outage",
                                          "actor_pause",     "sampler_failure", "sampler_nonsense", "request_lost",
                                          "request_doubled", "answer_lost",     "worker_lost",      "worker_late",
                                          "program_failure", "listener_throws", "clock_set"};
  static_assert(std::size(names) == faults);
  return names[static_cast<std::size_t>(x)];
}

namespace {

definition draw_experiment(random_source& random, std::size_t number) {
  using namespace vilfredo::test;
  auto chance = [&](double p) { return random.uniform() < p; };
  std::vector<parameter> parameters{real("x", -1, 2)};
  if (chance(0.4)) parameters.push_back(logarithmic(integer("n", 1, 1000)));
  if (chance(0.3)) {
    parameters.push_back(categorical("kind", {"a", "b", "c"}));
    parameters.push_back(when(real("deep", 0, 1), "kind", {"b"}));
  }
  if (chance(0.1)) parameters = {integer("n", 0, static_cast<double>(3 + random.below(12)))};  // soon used up
  std::vector<metric> metrics{minimize("loss")};
  if (chance(0.4)) metrics.push_back(maximize("gain", chance(0.3) ? std::optional(0.2) : std::nullopt));
  if (chance(0.2)) metrics.push_back(keep_below("size", 0.7));
  if (chance(0.2)) metrics.push_back(store("note"));
  auto d = experiment(std::move(parameters), std::move(metrics));
  d.name = "experiment " + std::to_string(number);
  d.observation_budget = 3 + random.below(14);
  d.parallel_bandwidth = static_cast<std::uint32_t>(1 + random.below(4));
  d.seed = random.bits() >> 12;
  if (chance(0.12) &&
      std::ranges::all_of(d.metrics, [](const metric& m) { return m.name == "loss" || m.strategy == strategy::store; }))
    d.tasks = {{"tenth", 0.1}, {"all", 1}, {"third", 0.3}};
  static constexpr const char* names[] = {"auto", "tpe", "uniform", "sobol"};
  d.sampler.name = names[random.below(4)];
  if (chance(0.08)) {
    d.type = experiment_type::grid;
    d.space.parameters = {on_grid("x", {-1, 0, 0.5, 2}), categorical("kind", {"a", "b"})};
    d.sampler.name = "auto";
  }
  if (d.space.parameters.size() == 2 && d.space.parameters[1].name == "n" && chance(0.3))
    d.space.linear_constraints = {at_most(500, {{"x", 100}, {"n", 1}})};
  if (chance(0.3) && d.space.parameters.size() == 1 && d.space.parameters[0].name == "x")
    d.initial = {{{"x", 0.25}}, {{"x", 1.5}}};
  if (chance(0.4)) {
    component asha{"asha", {{"metric", std::string("loss")}, {"reduction_factor", 2.0}}};
    component median{"median", {{"metric", std::string("loss")}, {"min_trials", 1.0}}};
    component many{"mo_asha", {{"reduction_factor", 2.0}}};
    component automatic{"auto", {{"min_trials", 1.0}}};
    if (chance(0.3))
      d.early_stopping = {{asha, median}};
    else if (chance(0.5))
      d.early_stopping = {{many}, {automatic}};
    else
      d.early_stopping = {{asha}, {median}};
  }
  if (chance(0.2)) {
    component asha{"asha",
                   {{"metric", std::string("loss")}, {"reduction_factor", 2.0}, {"mode", std::string("promotion")}}};
    component many{"mo_asha", {{"reduction_factor", 2.0}, {"mode", std::string("promotion")}}};
    d.early_stopping = {{chance(0.5) ? asha : many}};
    if (chance(0.3)) d.early_stopping.push_back({{"median", {{"metric", std::string("loss")}, {"min_trials", 1.0}}}});
  }
  if (chance(0.15)) d.stop_when.failed = 2 + random.below(6);
  if (chance(0.1)) d.stop_when.stagnation = 3 + random.below(6);
  if (chance(0.05)) d.stop_when.steps = 20 + static_cast<double>(random.below(20'000));
  if (chance(0.05)) d.stop_when.cost["loss"] = 1 + random.uniform() * 8;
  if (!d.stop_when.stagnation && chance(0.05))
    d.stop_when.improbable = {1 + random.below(3), 0.2 + 0.3 * random.uniform()};
  if (chance(0.1)) d.stop_when.seconds = 30 + static_cast<double>(random.below(90));
  if (chance(0.1)) d.stop_when.target["loss"] = 0.05;
  d.run.emplace();
  d.run->command = {"train", "{assignments_file}"};
  d.run->retries = static_cast<std::uint32_t>(random.below(3));
  return d;
}

}  // namespace

profile draw_profile(random_source& random) {
  profile out;
  out.real_samplers = random.below(16) == 0;
  for (std::size_t i = 0, n = 1 + (random.below(3) == 0); i < n; ++i)
    out.experiments.push_back(draw_experiment(random, i + 1));
  out.local = random.below(2) == 0;
  out.remotes = random.below(4) + (out.local ? 0 : 1);
  out.expert = random.below(2) == 0;
  out.optimizers = 1 + random.below(2);
  out.most_steps = 300 + random.below(900);
  auto mode = random.below(6);
  if (mode == 0) {
    // No faults at all: what goes wrong then is not the faults' doing.
  } else if (mode <= 2) {
    out.may[random.below(faults)] = true;
  } else {
    for (auto& m : out.may) m = random.below(mode == 5 ? 8 : 2) != 0;
  }
  static constexpr double rates[] = {0.003, 0.01, 0.03};
  out.rate = rates[random.below(3)];
  return out;
}

std::string describe(const profile& x) {
  std::string out = std::to_string(x.experiments.size()) +
                    (x.experiments.size() == 1 ? " experiment, " : " experiments, ") + std::to_string(x.remotes) +
                    " remote workers" + (x.local ? ", a local one" : "") + (x.expert ? ", an expert" : "") +
                    (x.real_samplers ? ", real samplers" : "") +
                    (std::ranges::any_of(x.experiments, [](const definition& d) { return !d.early_stopping.empty(); })
                         ? ", early stopping"
                         : "") +
                    "; faults:";
  bool any = false;
  for (std::size_t i = 0; i < faults; ++i)
    if (x.may[i]) {
      out += std::string(" ") + to_string(static_cast<fault>(i));
      any = true;
    }
  return any ? out : out + " none";
}

}  // namespace vilfredo::sim
