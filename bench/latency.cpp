// How long suggestions take: bench_latency [--optuna] [WORD], only lines that contain WORD.
//
// First whole experiments on the real engine, everything but the trials and keeping the facts: seconds of processor
// time in all, microseconds a trial, and bytes of memory a trial that the experiment holds in the end. With --optuna
// beside them what Optuna's sampler of the kind takes (its TPE, CMA-ES, NSGA-II, random), for at most 1000 trials and
// without its start: the processor time of its process, which reads and writes a line of JSON for each. Then trials in
// experiments that have had many, from end to end, and how much dearer they become. Then single plans for histories of
// growing length, as an experiment of that length asks for them (the hint is that of the plan before, and one
// observation is new), and those of gp with and without a refit of its kernels.
#include <malloc.h>
#include <sys/resource.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <optional>
#include <string>
#include <utility>

#include "bench/peer.hpp"
#include "bench/quantile.hpp"
#include "core/random.hpp"
#include "optimizer/engine.hpp"
#include "tests/support/builders.hpp"

using namespace vilfredo;
using namespace vilfredo::test;

namespace {

/// Processor time, so that neighbours on the machine do not count.
double now() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

definition shape(const std::string& sampler, std::size_t dimensions, std::size_t objectives) {
  std::vector<parameter> parameters;
  std::vector<metric> metrics;
  for (std::size_t i = 0; i < dimensions; ++i) parameters.push_back(real("x" + std::to_string(i), -5, 5));
  for (std::size_t j = 0; j < objectives; ++j) metrics.push_back(minimize("f" + std::to_string(j)));
  auto d = experiment(std::move(parameters), std::move(metrics));
  d.sampler.name = sampler;
  return d;
}

/// Spheres with their centres apart.
std::vector<double> values_of(const assignments& x, std::size_t objectives) {
  std::vector<double> out(objectives, 0);
  for (std::size_t j = 0; j < objectives; ++j)
    for (std::size_t i = 0; i < x.values.size(); ++i) {
      const double centre = i % objectives == j ? 2 : -1;
      out[j] += (x.values[i] - centre) * (x.values[i] - centre);
    }
  return out;
}

/// An experiment whose facts are dropped: a house has them written, and is rid of them. Plans are computed at once.
class running_experiment {
public:
  explicit running_experiment(const definition& d) : running_experiment(must(engine::create(d, start))) {}

  answer call(command what) {
    const auto mine = ++last_;
    return must(*settle(engine_.handle({{}, std::move(what)}, mine, start), mine));
  }

private:
  static constexpr time_point start{std::chrono::seconds{1000}};

  explicit running_experiment(engine::created made) : engine_(std::move(made.what)) { settle(std::move(made.step), 0); }
  std::optional<outcome> settle(step next, ticket mine) {
    std::optional<outcome> said;
    for (;;) {
      for (auto& r : next.replies)
        if (r.to == mine) said = std::move(r.what);
      if (!next.job) return said;
      next = engine_.planned(must(find_sampler(*next.job->definition))->suggest(*next.job), start);
    }
  }

  engine engine_;
  ticket last_ = 0;
};

/// Trials of an experiment, one at a time; seconds. The trials' own time, a tenth of a microsecond, is among them: to
/// look at the clock beside each would cost more.
double trials_of(running_experiment& world, const definition& d, std::size_t trials) {
  const double before = now();
  for (std::size_t i = 0; i < trials; ++i) {
    const auto x = std::get<issued>(world.call(ask{"w", duration{0}, {}}));
    complete done{x.trial, x.attempt, {}};
    const auto values = values_of(x.point, d.metrics.size());
    for (std::size_t j = 0; j < values.size(); ++j) done.values.push_back({d.metrics[j].name, values[j], {}});
    world.call(std::move(done));
  }
  return now() - before;
}

/// Bytes that were asked for and not given back.
double held() {
  const auto x = mallinfo2();
  return static_cast<double>(x.uordblks + x.hblkhd);
}

struct spent_on {
  double seconds = 0, bytes = 0;
};

spent_on whole_experiment(const definition& d, std::size_t trials) {
  const double before = held();
  running_experiment world(d);
  const double seconds = trials_of(world, d, trials);
  return {seconds, held() - before};
}

/// Of children that have ended.
double children_seconds() {
  rusage x{};
  getrusage(RUSAGE_CHILDREN, &x);
  auto seconds = [](const timeval& v) { return static_cast<double>(v.tv_sec) + 1e-6 * static_cast<double>(v.tv_usec); };
  return seconds(x.ru_utime) + seconds(x.ru_stime);
}

/// Processor time of Optuna for an experiment, from its start to its end.
double optuna_seconds(const std::string& kind, const definition& d, std::size_t trials) {
  const double before = children_seconds();
  {
    bench::peer world("optuna:" + kind);
    world.begin(d);
    for (std::size_t i = 0; i < trials; ++i) {
      const auto x = world.ask();
      world.tell(x.id, values_of(x.point, d.metrics.size()));
    }
  }
  return children_seconds() - before;
}

/// What Optuna calls a sampler of the kind; nothing when it has none.
const char* optunas(const std::string& sampler) {
  return sampler == "tpe"       ? "tpe"
         : sampler == "cma_es"  ? "cmaes"
         : sampler == "nsga2"   ? "nsgaii"
         : sampler == "uniform" ? "random"
                                : nullptr;
}

/// A point and its values, as a search might have come by them.
observe seen_of(const definition& d, random_source& random) {
  assignments x;
  observe out;
  for (const auto& p : d.space.parameters) {
    x.values.push_back(std::clamp(2 * random.normal(), p.min, p.max));
    out.assignments.push_back({p.name, x.values.back()});
  }
  const auto values = values_of(x, d.metrics.size());
  for (std::size_t j = 0; j < values.size(); ++j) out.values.push_back({d.metrics[j].name, values[j], {}});
  return out;
}

/// Seconds a trial after n observations: the least of some runs of trials.
double trial_after(const definition& d, std::size_t n) {
  constexpr std::size_t batch = 1000, runs = 10, trials = 50;
  running_experiment world(d);
  random_source random(1);
  for (std::size_t k = 0; k < n; k += batch) {
    observe_many some;
    for (std::size_t i = k; i < std::min(n, k + batch); ++i) some.items.push_back(seen_of(d, random));
    world.call(std::move(some));
  }
  trials_of(world, d, 50);  // the initial design, and the first look at all of the history
  double least = HUGE_VAL;
  for (std::size_t i = 0; i < runs; ++i) least = std::min(least, trials_of(world, d, trials) / trials);
  return least;
}

void print_growth(const std::string& sampler, std::size_t objectives) {
  std::printf("| %s, %zu objectives |", sampler.c_str(), objectives);
  double first = 0, last = 0;
  for (std::size_t n : {100, 1000, 10'000, 100'000}) {
    last = trial_after(shape(sampler, 10, objectives), n);
    if (first == 0) first = last;
    std::printf(" %.3g |", 1e6 * last);
    std::fflush(stdout);
  }
  std::printf(" %.2g |\n", last / first);
}

/// Plans for a history that a search might have made.
class searched {
public:
  searched(const definition& d, std::size_t candidates) : d_(d), sampler_(must(find_sampler(d))) {
    job_.definition = std::make_shared<const definition>(d);
    job_.space = std::make_shared<const space>(must(validate(d)));
    job_.sampler = d.sampler;
    job_.count = candidates;
  }
  void observe(std::size_t n) {
    for (std::size_t k = 0; k < n; ++k) {
      observation x;
      x.id = {job_.observations.size() + 1};
      for (std::size_t i = 0; i < d_.space.parameters.size(); ++i)
        x.point.values.push_back(std::clamp(2 * random_.normal(), -5.0, 5.0));
      x.values = values_of(x.point, d_.metrics.size());
      job_.observations.append(std::move(x));
    }
  }
  /// Seconds.
  double plan() {
    ++job_.seed;
    const auto before = now();
    auto made = must(sampler_->suggest(job_));
    const double spent = now() - before;
    job_.hint = std::move(made.hint);
    return spent;
  }

private:
  definition d_;
  const sampler_entry* sampler_;
  plan_job job_;
  random_source random_{1};
};

/// The median of some plans of three candidates for a history of n observations.
double one_plan(const definition& d, std::size_t n) {
  searched world(d, 3);
  world.observe(n);
  world.plan();
  std::vector<double> all;
  for (int i = 0; i < 11; ++i) {
    world.observe(1);
    all.push_back(world.plan());
  }
  return bench::median(all);
}

/// Medians of plans of one candidate: what gp takes when the kernels of the plan before serve, and when it fits them.
void print_fits(std::size_t n, std::size_t dimensions, std::size_t objectives) {
  std::vector<double> kept, fitted;
  for (int i = 0; i < 5; ++i) {
    searched world(shape("gp", dimensions, objectives), 1);
    world.observe(n - n / 20 - 1 + static_cast<std::size_t>(i));
    world.plan();
    world.observe(n / 20 + 1);
    fitted.push_back(world.plan());
    kept.push_back(world.plan());
  }
  std::printf("| %zu observations, %zu parameters, %zu objectives | %.3g | %.3g |\n", n, dimensions, objectives,
              1e3 * bench::median(kept), 1e3 * bench::median(fitted));
  std::fflush(stdout);
}

struct experiment_line {
  const char* sampler;
  std::size_t dimensions, objectives, trials;
};
constexpr experiment_line experiments[] = {
    {"uniform", 10, 1, 10'000}, {"sobol", 10, 1, 10'000},  {"tpe", 10, 1, 1000},     {"tpe", 40, 1, 1000},
    {"tpe", 10, 2, 1000},       {"tpe", 10, 3, 1000},      {"tpe", 10, 4, 1000},     {"cma_es", 5, 1, 10'000},
    {"cma_es", 10, 1, 10'000},  {"cma_es", 40, 1, 10'000}, {"nsga2", 10, 2, 10'000}, {"nsga2", 40, 2, 10'000},
    {"nsga2", 10, 3, 10'000},   {"nsga2", 10, 5, 10'000}};

constexpr std::pair<const char*, std::size_t> grown[] = {{"uniform", 1}, {"tpe", 1},   {"tpe", 2},
                                                         {"cma_es", 1},  {"nsga2", 2}, {"nsga2", 3}};

}  // namespace

int main(int argc, char** argv) {
  constexpr std::size_t most_of_optunas = 1000;
  const bool optuna = argc > 1 && !std::strcmp(argv[1], "--optuna");
  const std::string only = argc > 1 + optuna ? argv[1 + optuna] : "";
  whole_experiment(shape("sobol", 40, 1), 1);  // what is computed once a process
  const double its_start = optuna ? optuna_seconds("random", shape("uniform", 10, 1), 1) : 0;
  std::printf("| experiment | seconds | microseconds a trial | bytes a trial |%s\n|---|---|---|---|%s\n",
              optuna ? " Optuna, microseconds a trial |" : "", optuna ? "---|" : "");
  for (const auto& x : experiments) {
    const auto name = std::string(x.sampler) + ", " + std::to_string(x.dimensions) + " parameters, " +
                      std::to_string(x.objectives) + " objectives, " + std::to_string(x.trials) + " trials";
    if (name.find(only) == std::string::npos) continue;
    const auto d = shape(x.sampler, x.dimensions, x.objectives);
    const auto spent = whole_experiment(d, x.trials);
    const auto n = static_cast<double>(x.trials);
    std::printf("| %s | %.3g | %.3g | %.0f |", name.c_str(), spent.seconds, 1e6 * spent.seconds / n, spent.bytes / n);
    std::fflush(stdout);
    if (const auto* kind = optunas(x.sampler); optuna && kind) {
      const auto trials = std::min(x.trials, most_of_optunas);
      std::printf(" %.0f |", 1e6 * (optuna_seconds(kind, d, trials) - its_start) / static_cast<double>(trials));
    } else if (optuna) {
      std::printf(" |");
    }
    std::printf("\n");
    std::fflush(stdout);
  }
  if (std::string("gp").find(only) != std::string::npos) {
    std::printf("\n| milliseconds a plan of gp | without refit | with a refit |\n|---|---|---|\n");
    print_fits(100, 10, 1);
    print_fits(500, 10, 1);
    print_fits(2000, 10, 1);
    print_fits(200, 10, 2);
    print_fits(200, 6, 4);
  }
  std::printf("\n| microseconds a trial, 10 parameters | 100 | 1 000 | 10 000 | 100 000 observations | ratio |\n"
              "|---|---|---|---|---|---|\n");
  for (const auto& [sampler, objectives] : grown)
    if (std::string(sampler).find(only) != std::string::npos) print_growth(sampler, objectives);
  std::printf("\n| milliseconds a plan of 3, 10 parameters | 100 | 1 000 | 10 000 | 100 000 observations |\n"
              "|---|---|---|---|---|\n");
  for (const auto& sampler : samplers()) {
    if (!sampler.uses_history || std::string(sampler.name).find(only) == std::string::npos) continue;
    for (std::size_t objectives : {1, 2, 3, 4}) {
      std::printf("| %s, %zu objectives |", sampler.name, objectives);
      for (std::size_t n : {100, 1000, 10'000, 100'000}) {
        std::printf(" %.3g |", 1e3 * one_plan(shape(sampler.name, 10, objectives), n));
        std::fflush(stdout);
      }
      std::printf("\n");
    }
  }
}
