// Replays measured learning curves in simulated time on the real engine, with and without stopping rules:
//   early_stopping [--tables FOLDER] [--table WORD] [--seeds N] [--trials N] [--workers N] [--sampler NAME] [RULE …]
// Each trial is one row of a table, that is one random configuration that was really trained. Running all trials to
// their end spends a budget of steps; each rule spends the same budget on as many trials as it allows. Printed are
// medians over the seeds. "asha-promotion" is asha that pauses trials; to pause and to go on cost nothing here.
//   steps, time   until the value or hypervolume is within 1 % of what no stopping ends with, as a share of what no
//                 stopping takes in all; "> 1" where it never is
//   at equal steps  how much worse (+) or better (-) the value or hypervolume is, seed by seed: median, upper quartile,
//                 and the worst seed
//   wrong         mean share of the trials that would have been best, or on the front, and were stopped
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <set>

#include "bench/npz.hpp"
#include "bench/quantile.hpp"
#include "core/hypervolume.hpp"
#include "core/pareto.hpp"
#include "optimizer/stopping/catalogue.hpp"
#include "tests/support/engine_driver.hpp"

using namespace vilfredo;
using namespace vilfredo::bench;

namespace {

struct settings {
  std::string folder = "tables", table, sampler = "uniform";
  std::uint64_t seeds = 20, trials = 200;
  std::vector<std::uint32_t> workers = {1, 8, 32};
  std::vector<std::string> rules;
};

using point = std::vector<double>;

/// The rows of a table: `losses` are what a trial reports, the same number at each checkpoint.
struct curves {
  std::string name;
  std::size_t rows = 0, checkpoints = 0, metrics = 1;
  std::vector<double> first, seconds, second;  // [rows, checkpoints] twice, [rows]

  point losses(std::size_t row, std::size_t checkpoint) const {
    point out{first[row * checkpoints + checkpoint]};
    if (metrics > 1) out.push_back(second[row]);
    return out;
  }
  point last(std::size_t row) const { return losses(row, checkpoints - 1); }
};

/// The errors of gradient boosting are a handful of steps; there the loss is minimized.
curves read(const std::filesystem::path& file, std::size_t metrics) {
  auto z = read_npz(file);
  curves out;
  out.name = file.stem();
  out.metrics = metrics;
  const auto& target = out.name.starts_with("xgb") ? z.at("loss") : z.at("error");
  out.rows = target.shape[0];
  out.checkpoints = target.shape[1];
  out.first = target.values;
  out.seconds = z.at("train_seconds").values;
  for (double us : z.at("infer_us").values) out.second.push_back(std::log10(std::max(us, 1e-6)));
  return out;
}

/// How good the completed trials are: the least loss, or the hypervolume they miss.
class score {
public:
  explicit score(const curves& x) : metrics_(x.metrics) {
    for (std::size_t m = 0; m < metrics_; ++m) {
      std::vector<double> all;
      for (std::size_t row = 0; row < x.rows; ++row) all.push_back(x.last(row)[m]);
      worst_.push_back(median(all));
    }
  }
  /// Whether that changed anything.
  bool add(std::uint64_t key, const point& losses) {
    if (!front_.insert(key, losses)) return false;
    value_ = now();
    return true;
  }
  double value() const { return value_; }  ///< less is better; a hypervolume counts negative

private:
  double now() const {
    if (metrics_ == 1) return front_.members()[0].values[0];
    std::vector<point> points;
    for (const auto& m : front_.members()) points.push_back(m.values);
    return -hypervolume(points, worst_);
  }
  std::size_t metrics_;
  point worst_;
  pareto_front front_;
  double value_ = HUGE_VAL;
};

struct moment {
  double steps, seconds, value;
};
struct course {
  std::vector<moment> improvements;
  double steps = 0, seconds = 0;  // in all
  double begun = 0, wrong = 0;

  double value_at(double spent) const {
    double out = HUGE_VAL;
    for (const auto& m : improvements)
      if (m.steps <= spent) out = m.value;
    return out;
  }
  const moment* first_within(double value) const {
    for (const auto& m : improvements)
      if (m.value <= value) return &m;
    return nullptr;
  }
};

definition experiment_on(const curves& x, const std::string& rule, std::uint32_t workers, std::uint64_t seed,
                         const settings& s) {
  auto d = test::experiment({test::integer("row", 0, static_cast<double>(x.rows - 1))}, {test::minimize("loss")});
  if (x.metrics > 1) d.metrics.push_back(test::minimize("time"));
  d.sampler.name = s.sampler;
  d.seed = seed;
  d.parallel_bandwidth = workers;
  if (rule == "none") return d;
  component named{rule, {}};
  if (auto dash = rule.find("-promotion"); dash != std::string::npos) {
    named.name.resize(dash);
    named.options["mode"] = std::string("promotion");
  }
  const auto& entry = *std::ranges::find(stopping::stoppers(), named.name, &stopping::stopper_entry::name);
  auto has = [&](std::string_view option) {
    return std::ranges::find(entry.options, option, &option_description::name) != entry.options.end();
  };
  if (x.metrics > 1 && has("metric")) named.options["metric"] = std::string("loss");
  if (has("max_steps")) named.options["max_steps"] = static_cast<double>(x.checkpoints);
  d.early_stopping = {{named}};
  return d;
}

/// Runs trials on `workers` until `budget` steps are spent.
course run(const curves& x, const definition& d, double budget) {
  struct running {
    issued trial;
    std::size_t row = 0, checkpoint = 0;
    double began = 0;
  };
  test::engine_driver world(d);
  std::map<std::pair<double, std::uint64_t>, running> due;  // by the time of the next report
  score so_far(x);
  pareto_front truth;
  std::set<std::uint64_t> stopped;
  std::map<std::uint64_t, std::size_t> kept;  // checkpoints of paused trials
  course out;
  std::uint64_t tick = 0;
  auto schedule = [&](running r) {
    const double at = r.began + x.seconds[r.row * x.checkpoints + r.checkpoint];
    due.emplace(std::pair{at, ++tick}, std::move(r));
  };
  auto begin = [&] {
    running r{world.ask_now(), 0, 0, out.seconds};
    r.row = static_cast<std::size_t>(r.trial.point.values[0]);
    if (r.trial.attempt > 1) {
      r.checkpoint = kept.at(r.trial.trial.number);
      r.began -= x.seconds[r.row * x.checkpoints + r.checkpoint - 1];
    } else {
      truth.insert(r.trial.trial.number, x.last(r.row));
      ++out.begun;
    }
    schedule(std::move(r));
  };
  auto values = [&](const point& losses) {
    std::vector<measurement> all;
    for (std::size_t m = 0; m < losses.size(); ++m) all.push_back({d.metrics[m].name, losses[m], {}});
    return all;
  };
  for (std::uint32_t i = 0; i < d.parallel_bandwidth; ++i) begin();
  while (out.steps < budget) {
    auto r = due.begin()->second;
    out.seconds = due.begin()->first.first;
    due.erase(due.begin());
    ++out.steps;
    const auto losses = x.losses(r.row, r.checkpoint);
    const auto step = static_cast<double>(++r.checkpoint);
    const auto told = test::must(world.call(report{r.trial.trial, r.trial.attempt, step, values(losses)}));
    if (r.checkpoint == x.checkpoints) {
      test::must(world.call(complete{r.trial.trial, r.trial.attempt, values(losses)}));
      stopped.erase(r.trial.trial.number);
      if (so_far.add(r.trial.trial.number, losses))
        out.improvements.push_back({out.steps, out.seconds, so_far.value()});
      begin();
    } else if (std::get<advice>(told).stop) {
      stopped.insert(r.trial.trial.number);
      if (std::get<advice>(told).pause) {
        kept[r.trial.trial.number] = r.checkpoint;
        test::must(world.call(give_back{r.trial.trial, r.trial.attempt, return_cause::interrupted, "", true}));
      }
      begin();
    } else {
      schedule(std::move(r));
    }
  }
  double lost = 0;
  for (const auto& m : truth.members()) lost += stopped.contains(m.key) ? 1 : 0;
  out.wrong = lost / static_cast<double>(truth.members().size());
  return out;
}

void print_share(double x) {
  if (x > 1)
    std::printf(" > 1 |");
  else
    std::printf(" %.3f |", x);
}

void compare(const curves& x, const settings& s) {
  std::printf("\n%s, %zu metric%s, medians over %llu seeds, budget of %llu whole trials\n\n", x.name.c_str(), x.metrics,
              x.metrics > 1 ? "s" : "", static_cast<unsigned long long>(s.seeds),
              static_cast<unsigned long long>(s.trials));
  std::printf("| workers | rule | trials | steps | time | at equal steps | wrong |\n|---|---|---|---|---|---|---|\n");
  const double budget = static_cast<double>(s.trials * x.checkpoints);
  for (auto workers : s.workers) {
    std::vector<course> plain;
    for (std::uint64_t seed = 1; seed <= s.seeds; ++seed)
      plain.push_back(run(x, experiment_on(x, "none", workers, seed, s), budget));
    for (const auto& rule : s.rules) {
      if (x.metrics == 1 && rule == "mo_asha") continue;
      std::vector<double> steps, seconds, worse, wrong, begun;
      for (std::uint64_t seed = 1; seed <= s.seeds; ++seed) {
        const auto& base = plain[seed - 1];
        const auto c = rule == "none" ? base : run(x, experiment_on(x, rule, workers, seed, s), budget);
        const double end = base.value_at(budget);
        const auto* there = c.first_within(end + 0.01 * std::fabs(end));
        steps.push_back(there ? there->steps / base.steps : HUGE_VAL);
        seconds.push_back(there ? there->seconds / base.seconds : HUGE_VAL);
        worse.push_back(100 * (c.value_at(budget) - end) / std::fabs(end));
        wrong.push_back(c.wrong);
        begun.push_back(c.begun);
      }
      double lost = 0;
      for (double w : wrong) lost += w / static_cast<double>(s.seeds);
      std::printf("| %u | %s | %.0f |", workers, rule.c_str(), median(begun));
      print_share(median(steps));
      print_share(median(seconds));
      std::printf(" %+.1f, %+.1f, %+.1f %% | %.0f %% |\n", median(worse), quantile(worse, 0.75), quantile(worse, 1),
                  100 * lost);
      std::fflush(stdout);
    }
  }
}

settings read_arguments(int argc, char** argv) {
  settings s;
  for (int i = 1; i < argc; ++i) {
    auto word = [&] { return std::string(i + 1 < argc ? argv[++i] : ""); };
    auto number = [&] { return std::strtoull(word().c_str(), nullptr, 10); };
    if (!std::strcmp(argv[i], "--tables"))
      s.folder = word();
    else if (!std::strcmp(argv[i], "--table"))
      s.table = word();
    else if (!std::strcmp(argv[i], "--seeds"))
      s.seeds = std::max(1ull, number());
    else if (!std::strcmp(argv[i], "--trials"))
      s.trials = std::max(1ull, number());
    else if (!std::strcmp(argv[i], "--workers"))
      s.workers = {static_cast<std::uint32_t>(std::max(1ull, number()))};
    else if (!std::strcmp(argv[i], "--sampler"))
      s.sampler = word();
    else
      s.rules.emplace_back(argv[i]);
  }
  if (s.rules.empty())
    s.rules = {"none", "asha", "hyperband", "pasha", "mo_asha", "median", "dominance", "extrapolation", "auto"};
  return s;
}

}  // namespace

int main(int argc, char** argv) {
  const auto s = read_arguments(argc, argv);
  for (const auto& rule : s.rules)
    if (auto name = rule.substr(0, rule.find("-promotion"));
        name != "none" &&
        std::ranges::find(stopping::stoppers(), name, &stopping::stopper_entry::name) == stopping::stoppers().end()) {
      std::fprintf(stderr, "%s: there is no such rule\n", rule.c_str());
      return 1;
    }
  std::vector<std::filesystem::path> files;
  std::error_code fault;
  for (const auto& entry : std::filesystem::directory_iterator(s.folder, fault))
    if (entry.path().extension() == ".npz" && entry.path().stem().string().find(s.table) != std::string::npos)
      files.push_back(entry.path());
  std::ranges::sort(files);
  if (files.empty()) {
    std::fprintf(stderr, "%s: holds no tables (NAME.npz); say where they are with --tables FOLDER\n", s.folder.c_str());
    return 1;
  }
  const auto began = std::chrono::steady_clock::now();
  for (const auto& file : files)
    for (std::size_t metrics : {1u, 2u}) compare(read(file, metrics), s);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
  std::printf("\n%.0f s\n", took.count());
}
