#include "tests/support/sampler_contract.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include "core/feasible.hpp"
#include "core/random.hpp"
#include "tests/support/builders.hpp"
#include "tests/support/mutate.hpp"

namespace vilfredo::test {

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

definition with_objectives(std::vector<parameter> parameters, int n) {
  std::vector<metric> metrics;
  for (int i = 0; i < n; ++i)
    metrics.push_back(i % 2 ? maximize("m" + std::to_string(i)) : minimize("m" + std::to_string(i)));
  return experiment(std::move(parameters), std::move(metrics));
}

definition constrained(definition d, std::vector<linear_constraint> constraints) {
  d.space.linear_constraints = std::move(constraints);
  return d;
}

std::vector<double> values_at(const definition& d, const space& s, const assignments& x, past kind,
                              random_source& random) {
  auto u = s.to_unit(x);
  std::vector<double> out;
  for (std::size_t m = 0; m < d.metrics.size(); ++m) {
    double v = 0;
    for (std::size_t i = 0; i < u.size(); ++i)
      v += (u[i] - 0.3 - 0.2 * static_cast<double>(m)) * (u[i] - 0.3 - 0.2 * static_cast<double>(m));
    if (kind == past::constant) v = 1;
    if (kind == past::huge) v = random.uniform() < 0.3 ? 1e300 : random.uniform() < 0.5 ? -1e300 : v;
    if (kind == past::infeasible && d.metrics[m].strategy == strategy::constraint) v += 1e6;
    if (kind == past::absent_values && random.uniform() < 0.3) v = absent;
    if (kind == past::infinite && random.uniform() < 0.4) v = (random.uniform() < 0.5 ? -1 : 1) * infinity;
    out.push_back(v);
  }
  return out;
}

/// Room for so many configurations that none need be there twice; a space that holds few feasible ones is counted.
bool has_room(const plan_job& job, std::size_t wanted) {
  auto all = job.space->cardinality();
  return !all || (!job.space->constrained() && *all >= wanted + job.pending.size());
}

bool same(const plan& a, const plan& b) {
  return a.candidates == b.candidates && a.tasks == b.tasks && a.hint == b.hint && a.last == b.last;
}

enum class times { once, twice };  // the second time it must be the same

void check_plan(const sampler_entry& sampler, const plan_job& job, times how_often = times::twice) {
  auto made = sampler.suggest(job);
  REQUIRE_MESSAGE(made, made.error().message);
  CHECK(made->candidates.size() <= job.count);
  if (!made->last) CHECK(made->candidates.size() == job.count);
  if (!made->tasks.empty()) {
    CHECK(sampler.uses_tasks);
    CHECK(made->tasks.size() == made->candidates.size());
    for (auto task : made->tasks) CHECK(task < job.definition->tasks.size());
  }
  std::set<std::uint64_t> seen;
  for (const auto& x : job.pending) seen.insert(fingerprint(x));
  const bool room = has_room(job, job.count);
  for (const auto& x : made->candidates) {
    auto sound = job.space->check(x);
    CHECK_MESSAGE(sound, sound.error().message);
    const bool differs = seen.insert(fingerprint(x)).second;
    if (room) CHECK(differs);
  }
  if (how_often == times::once) return;
  auto again = sampler.suggest(job);
  REQUIRE(again);
  CHECK(same(*made, *again));
}

/// What another version, another sampler, another experiment or a damaged store may have left.
std::vector<std::string> strange_hints(const sampler_entry& sampler, const plan_job& job, const std::string& own) {
  std::vector<std::string> out{"sobol 18446744073709551615",
                               "grid 9 9 9 9 9 9 9 9 9",
                               "grid 99999999999999999999999",
                               std::string("\xff\0\n{]", 5),
                               std::string(10'000, 'x'),
                               "0" + own,                      // a version whose mark differs
                               own + " 1",                     // one that writes more …
                               own.substr(0, own.size() / 2),  // … or less
                               own.substr(0, own.find(' ') + 1) + own};
  random_source random(4);
  for (int i = 0; i < 6; ++i) out.push_back(tests::mutated(own, random));
  auto longer = contract_job(*job.definition, job.observations.size() + 30, 0, past::ordinary, 10);
  out.push_back(must(sampler.suggest(longer)).hint);
  auto other = experiment({real("a", 0, 1), integer("b", 1, 5), categorical("c", {"p", "q", "r"})},
                          {minimize("f"), maximize("g"), keep_below("h", 0.5)});
  other.sampler = job.definition->sampler;
  out.push_back(must(sampler.suggest(contract_job(other, job.observations.size(), 0, past::ordinary, 11))).hint);
  for (const auto& entry : samplers()) {
    if (!entry.searches && metrics_with(*job.definition, strategy::optimize).empty()) continue;
    if (std::string_view(entry.name) != sampler.name) out.push_back(must(entry.suggest(job)).hint);
  }
  return out;
}

/// Its own hint and strange ones are both survived, with sound candidates. Each round tries a quarter of the strange
/// ones.
void check_hints(const sampler_entry& sampler, const plan_job& job, std::size_t round) {
  auto made = sampler.suggest(job);
  REQUIRE_MESSAGE(made, made.error().message);
  const auto strange = strange_hints(sampler, job, made->hint);
  std::vector<std::string> hints{made->hint};
  for (std::size_t k = round % 4; k < strange.size(); k += 4) hints.push_back(strange[k]);
  for (const std::string& hint : hints) {
    CAPTURE(hint);
    auto next = job;
    next.hint = hint;
    if (hint == made->hint) next.first += made->candidates.size();
    auto more = sampler.suggest(next);
    REQUIRE_MESSAGE(more, more.error().message);
    for (const auto& x : more->candidates) CHECK(job.space->check(x));
    if (!more->last) CHECK(more->candidates.size() == job.count);
  }
}

/// Every other trial was stopped; all reported on their way, and so do some that are pending.
void add_reports(plan_job& job) {
  auto all = std::make_shared<courses>();
  for (std::size_t i = 0; i < job.observations.size(); ++i) {
    auto x = job.observations[i];
    trial t;
    for (double step : {1.0, 2.0, 3.0})
      if (i % 2 || step < 3) t.reports.push_back({step, 1, x.values});
    for (auto& r : t.reports)
      for (double& v : r.values) v += 1 / r.step;
    all->push_back(std::make_shared<const course>(t));
    if (i % 2) continue;
    x.stopped_at = 2;
    x.values = t.reports.back().values;
    job.observations.replace(i, std::move(x));
  }
  job.courses = std::move(all);
  for (std::size_t i = 0; i < job.pending.size(); ++i) {
    std::vector<double> values(job.definition->metrics.size(), i % 3 ? 0.5 : absent);
    job.pending_reports.push_back(i % 2 ? std::nullopt : std::optional(progress_report{1, 1, std::move(values)}));
  }
}

}  // namespace

std::vector<contract_case> contract_cases() {
  std::vector<contract_case> out;
  auto add = [&](std::string name, definition d) {
    d.name = name;
    d.seed = 11;
    d.observation_budget = 200;
    must(validate(d));
    out.push_back({std::move(name), std::move(d)});
  };
  add("one dimension", simple_experiment());
  add("one value only", experiment({real("x", 2, 2)}, {minimize("y")}));
  add("only categories", experiment({categorical("a", {"p", "q", "r"}), categorical("b", {"s", "t"}),
                                     categorical("c", {"u", "v", "w", "x", "y", "z"})},
                                    {maximize("y")}));
  add("two configurations", experiment({categorical("a", {"p", "q"})}, {minimize("y")}));
  add("log numbers",
      experiment({logarithmic(real("x", 1e-8, 1e3)), logarithmic(integer("n", 1, 1'000'000))}, {minimize("y")}));
  add("wide integers", experiment({integer("n", -1e15, 1e15), integer("b", 0, 1)}, {minimize("y")}));
  add("huge bounds", experiment({real("x", -1e300, 1e300), logarithmic(real("z", 1e-300, 1e300))}, {minimize("y")}));
  add("grids", experiment({on_grid("x", {0.1, 0.5, 0.9}), on_grid("n", {1, 10, 100}, parameter_type::integer),
                           logarithmic(on_grid("l", {1, 10, 100, 1000}))},
                          {minimize("y")}));
  add("conditions", experiment({categorical("kind", {"a", "b", "c"}), when(real("x", 0, 1), "kind", {"a", "b"}),
                                when(logarithmic(integer("n", 1, 64)), "kind", {"b"}), real("y", 0, 1)},
                               {minimize("m")}));
  {
    // Children stand before their parents, three levels deep.
    auto d = experiment({when(real("leaf", 0, 1), "middle", {"deep"}),
                         when(categorical("middle", {"flat", "deep"}), "top", {"on"}), real("x", 0, 1),
                         when(integer("n", 1, 3), "top", {"off"})},
                        {minimize("m")});
    d.space.conditionals = {{"top", {"on", "off"}}};
    add("nested conditions", d);
  }
  add("a linear constraint",
      constrained(experiment({real("a", 0, 1), real("b", 0, 1), real("c", 0, 1)}, {minimize("y")}),
                  {at_most(1, {{"a", 1}, {"b", 1}})}));
  add("a thin slice",
      constrained(experiment({real("a", 0, 1), real("b", 0, 1), categorical("k", {"p", "q"})}, {minimize("y")}),
                  {at_most(1.001, {{"a", 1}, {"b", 1}}), at_least(1, {{"a", 1}, {"b", 1}})}));
  add("constrained integers", constrained(experiment({integer("a", 0, 20), integer("b", 0, 20)}, {minimize("y")}),
                                          {at_most(20, {{"a", 1}, {"b", 1}}), at_least(-5, {{"a", 1}, {"b", -1}})}));
  add("a constraint beside a condition",
      constrained(experiment({categorical("k", {"p", "q"}), when(real("x", 0, 1), "k", {"p"}),
                              logarithmic(real("a", 0.1, 10)), real("b", 0, 10)},
                             {minimize("y")}),
                  {at_most(10, {{"a", 1}, {"b", 1}})}));
  for (int objectives : {2, 3, 4, 5})
    add(std::to_string(objectives) + " objectives",
        with_objectives({real("a", 0, 1), logarithmic(real("b", 1e-3, 1)), categorical("k", {"p", "q"})}, objectives));
  {
    auto d = with_objectives({real("a", 0, 1), real("b", 0, 1)}, 2);
    d.metrics[0].threshold = 0.1;
    d.metrics.push_back(keep_below("c", 0.2));
    d.metrics.push_back(keep_below("e", -1));  // never met
    d.metrics.push_back(store("s"));
    add("thresholds and constraints", d);
  }
  for (double limit : {0.1, -1.0})  // the second is never met
    add("constraints alone, below " + std::to_string(limit),
        constrained(experiment({real("a", 0, 1), logarithmic(integer("n", 1, 64)), categorical("k", {"p", "q", "r"}),
                                when(real("x", 0, 1), "k", {"p"}), real("b", 0, 1)},
                               {keep_below("c", limit), store("s"), keep_below("e", 0.5)}),
                    {at_most(1.5, {{"a", 1}, {"b", 1}})}));
  {
    auto d = experiment({real("a", 0, 1), integer("n", 1, 9), categorical("k", {"p", "q", "r"})}, {minimize("y", 0.5)});
    d.metrics.push_back(keep_below("c", 0.3));
    d.num_solutions = 3;
    d.observation_budget = 200;
    add("several solutions", d);
  }
  {
    auto d =
        experiment({real("a", 0, 1), integer("n", 1, 9), categorical("k", {"p", "q"})}, {minimize("y"), store("s")});
    d.tasks = {{"tenth", 0.1}, {"all", 1}, {"half", 0.5}};
    d.observation_budget = 200;
    add("tasks", d);
  }
  {
    auto d = with_objectives({real("a", 0, 1), logarithmic(integer("n", 1, 64)), categorical("k", {"p", "q"})}, 1);
    for (int i = 0; i < 9; ++i) d.metrics.push_back(keep_below("c" + std::to_string(i), 0.1 * i));
    d.metrics.push_back(keep_below("e", -1));  // never met
    add("ten constraints", d);
  }
  {
    std::vector<parameter> many;
    for (int i = 0; i < 100; ++i) {
      const auto number = std::to_string(i);
      many.push_back(i % 10 == 7   ? integer("x" + number, 1, 9)
                     : i % 10 == 8 ? logarithmic(real("x" + number, 1e-3, 1))
                     : i % 10 == 9 ? categorical("x" + number, {"p", "q", "r"})
                                   : real("x" + number, -1, 1));
    }
    add("100 dimensions", experiment(std::move(many), {minimize("y")}));
  }
  return out;
}

plan_job contract_job(const definition& d, std::size_t n, std::size_t pending, past kind, std::uint64_t seed) {
  plan_job job;
  job.definition = std::make_shared<const definition>(d);
  job.space = std::make_shared<const space>(must(validate(d)));
  job.sampler = d.sampler;
  job.seed = seed;
  job.count = 5;
  job.based_on = n;
  random_source random(derive_seed(seed, n));
  const feasible_sampler feasible(*job.space);
  for (std::size_t i = 0; i < n; ++i) {
    observation x;
    x.id = {i + 1};
    const bool again = kind == past::repeated && i > 0 && random.uniform() < 0.5;
    x.point = again ? job.observations[random.below(i)].point : feasible.draw(random);
    x.values = values_at(d, *job.space, x.point, kind, random);
    if (kind == past::repeated)
      for (double& v : x.values) v += 0.1 * random.normal();
    if (kind == past::odd_deviations)
      for (std::size_t m = 0; m < d.metrics.size(); ++m) {
        const double odd[] = {0, 0.1, -0.1, 1e-300, 1e300, infinity, absent};
        x.stddevs.push_back(odd[random.below(std::size(odd))]);
      }
    if (kind == past::all_failed || (kind == past::some_failed && random.uniform() < 0.5)) {
      x.failure = "diverged";
      if (random.uniform() < 0.5) x.values.clear();
    }
    if (!d.tasks.empty()) x.task = cheaper(d, static_cast<task_index>(i % d.tasks.size()));
    job.observations.append(std::move(x));
  }
  for (std::size_t i = 0; i < pending; ++i) {
    job.pending.push_back(feasible.draw(random));
    if (!d.tasks.empty()) job.pending_tasks.push_back(cheaper(d, static_cast<task_index>(i % d.tasks.size())));
  }
  if (kind == past::some_stopped) add_reports(job);
  return job;
}

void check_sampler_contract(const sampler_entry& sampler) {
  std::size_t round = 0;
  for (const auto& c : contract_cases()) {
    CAPTURE(c.name);
    auto d = c.what;
    d.sampler.name = sampler.name;
    if (!sampler.searches && metrics_with(d, strategy::optimize).empty()) continue;
    for (std::size_t n : {0, 1, 2, 30})
      for (auto kind :
           {past::ordinary, past::some_failed, past::all_failed, past::constant, past::huge, past::infeasible,
            past::absent_values, past::some_stopped, past::infinite, past::repeated, past::odd_deviations}) {
        if (n == 0 && kind != past::ordinary) continue;
        CAPTURE(n);
        CAPTURE(static_cast<int>(kind));
        check_plan(sampler, contract_job(d, n, 3, kind, 5), kind == past::ordinary ? times::twice : times::once);
      }
    for (std::uint32_t bandwidth : {1, 8, 64}) {
      auto wide = d;
      wide.parallel_bandwidth = bandwidth;
      auto job = contract_job(wide, 40, bandwidth, past::ordinary, 6);
      // As the engine asks; a long plan in one of the cases, for it takes long with several objectives.
      job.count = std::min<std::size_t>(c.name == "conditions" ? 66 : 10, bandwidth + 2);
      check_plan(sampler, job, times::once);
    }
    check_hints(sampler, contract_job(d, 20, 3, past::some_failed, 9), round++);
    {
      auto job = contract_job(d, 10, 0, past::ordinary, 7);
      job.count = 40;
      check_plan(sampler, job);
    }
    {
      auto job = contract_job(d, 30, 3, past::ordinary, 8);
      job.cancelled = std::make_shared<const std::atomic<bool>>(true);
      auto made = sampler.suggest(job);
      REQUIRE_FALSE(made);
      CHECK(made.error().code == errc::later);
    }
    if (!sampler.exhaustive && has_room(contract_job(d, 0, 0, past::ordinary, 1), 1000)) {
      // Another experiment's seed gives another plan, and so does the next plan of the same.
      auto one = contract_job(d, 20, 0, past::ordinary, 1), other = one, next = one;
      auto reseeded = *one.definition;
      reseeded.seed = 12;
      other.definition = std::make_shared<const definition>(reseeded);
      other.seed = 2;
      next.seed = 3;
      next.first = one.count;
      auto first = must(sampler.suggest(one)).candidates;
      CHECK_FALSE(first == must(sampler.suggest(other)).candidates);
      CHECK_FALSE(first == must(sampler.suggest(next)).candidates);
    }
  }
}

}  // namespace vilfredo::test
