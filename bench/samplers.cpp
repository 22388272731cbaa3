// Compares samplers on problems whose best values are known:
//   bench_samplers [--seeds N] [--first N] [--trials N] [--marks N,N,…] [--parallel K]… [--group G]… [--only WORD]
//                  [--tables FOLDER] [--held-out] [--high] [--many] [--peer NAME]… [--results FILE] [SAMPLER …]
// By default 20 seeds from 1 on, 100 trials, one and eight at a time, and the groups single, multi and constrained;
// with --tables also the tables there (bench/tables.hpp says what a table is). With --held-out the held out problems
// instead of these three groups (bench/problems.hpp says what these are for), with --high those of 20 to 60 dimensions,
// with --many those of three to five objectives.
//
// Prints, for each number of trials at a time and each group, the median score over the seeds with its quartiles after
// so many trials as --marks says, by default half and all of them; with marks and no --trials, the last mark is all.
// Less is better (bench/race.hpp says what a score is). Then by group the geometric mean of the normalized regrets and
// its logarithm to the base 10, or that of the hypervolumes' ratios to the greatest, and the mean rank with the
// interval that holds it in 90 of 100 draws of the seeds.
//
// --peer runs another optimizer on the same problems: optuna (its multivariate TPE with a constant liar) or
// optuna:nsgaii, optuna:cmaes; see bench/peers/. --results keeps what was run in a file: what is there already, with
// the same marks, is not run again, so delete a sampler's lines when it has changed.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iostream>
#include <map>
#include <memory>
#include <set>
#include <sstream>

#include "bench/own.hpp"
#include "bench/peer.hpp"
#include "bench/problems.hpp"
#include "bench/quantile.hpp"
#include "bench/race.hpp"
#include "bench/standings.hpp"
#include "bench/tables.hpp"

using namespace vilfredo;
using namespace vilfredo::bench;

namespace {

constexpr double least_regret = 1e-6;  // of normalized ones; what is less is luck, not skill
constexpr double least_ratio = 1e-3;

struct settings {
  std::uint64_t seeds = 20, first = 1, trials = 0;
  std::vector<std::uint64_t> marks;
  bool held_out = false, high = false, many = false;
  std::vector<std::uint32_t> parallel;
  std::set<std::string> groups;
  std::string only, tables, results;
  std::vector<std::string> competitors;  // samplers, and peers with a leading "peer "
};

/// Results by what was run; a line of the file is one, with tabs between. What was cut short and
/// lacks a score for a mark is run again.
class memory {
public:
  memory(const std::string& file, std::size_t marks) : file_(file), marks_(marks) {
    std::ifstream in(file_);
    for (std::string line; std::getline(in, line);) {
      const auto end = line.rfind('\t');
      std::istringstream numbers(line.substr(end + 1));
      race_result r;
      numbers >> r.ask_seconds;
      for (double v; numbers >> v;) r.scores.push_back(v);
      known_[line.substr(0, end)] = std::move(r);
    }
  }
  const race_result* find(const std::string& key) const {
    auto found = known_.find(key);
    if (found == known_.end()) return nullptr;
    if (found->second.scores.size() == marks_) return &found->second;
    std::cerr << file_ << ": run again, as it lacks scores: " << key << "\n";
    return nullptr;
  }
  void keep(const std::string& key, const race_result& r) {
    if (file_.empty()) return;
    std::ofstream out(file_, std::ios::app);
    out.precision(10);
    out << key << '\t' << r.ask_seconds;
    for (double v : r.scores) out << ' ' << v;
    out << '\n';
  }

private:
  std::string file_;
  std::size_t marks_;
  std::map<std::string, race_result> known_;
};

std::vector<std::uint64_t> usual_marks(std::uint64_t trials) { return {trials / 2, trials}; }

bool is_multi(const problem& p) { return !p.worst.empty(); }

/// What the summary of a group goes over: problems of one kind of score.
struct standing {
  std::string title;
  bool ratios = false;
  std::vector<std::vector<std::vector<std::vector<double>>>> scores;  // by mark: problem, competitor, seed
};

void print_rows(const std::vector<std::string>& competitors, const std::string& first) {
  std::printf("\n| %s |", first.c_str());
  for (const auto& name : competitors) std::printf(" %s |", name.c_str());
  std::printf("\n|---|");
  for (std::size_t i = 0; i < competitors.size(); ++i) std::printf("---|");
  std::printf("\n");
}

void print_standing(const standing& x, const settings& s) {
  print_rows(s.competitors, x.title);
  for (std::size_t mark = 0; mark < s.marks.size(); ++mark) {
    auto scores = x.scores[mark];
    if (x.ratios)
      for (auto& problem : scores)
        for (auto& competitor : problem)
          for (double& v : competitor) v = 1 - v;
    const auto trials = static_cast<unsigned long long>(s.marks[mark]);
    const auto means = geometric_means(scores, x.ratios ? least_ratio : least_regret);
    std::printf("| %s, %llu trials |", x.ratios ? "hypervolume ratio" : "normalized regret", trials);
    for (double v : means) std::printf(" %.4g |", v);
    if (!x.ratios) {
      std::printf("\n| log10 of it, %llu trials |", trials);
      for (double v : means) std::printf(" %.2f |", std::log10(v));
    }
    std::printf("\n| mean rank, %llu trials |", trials);
    for (const auto& r : mean_ranks(x.scores[mark])) std::printf(" %.2f (%.2f to %.2f) |", r.middle, r.low, r.high);
    std::printf("\n");
  }
}

[[noreturn]] void refuse(const std::string& why) {
  std::cerr << why << "; the head of bench/samplers.cpp says what there is\n";
  std::exit(2);
}

std::vector<std::uint64_t> numbers(const std::string& text) {
  std::vector<std::uint64_t> out;
  std::istringstream in(text);
  for (std::string word; std::getline(in, word, ',');) out.push_back(std::strtoull(word.c_str(), nullptr, 10));
  return out;
}

/// What was not said follows from what was.
settings completed(settings s) {
  std::ranges::sort(s.marks);
  s.marks.erase(std::ranges::unique(s.marks).begin(), s.marks.end());
  if (s.trials == 0) s.trials = s.marks.empty() ? 100 : s.marks.back();
  if (s.marks.empty()) s.marks = usual_marks(s.trials);
  if (s.marks.front() == 0 || s.marks.back() > s.trials) refuse("--marks must lie between 1 and --trials");
  if (s.parallel.empty()) s.parallel = {1, 8};
  if (s.competitors.empty()) s.competitors = {"auto", "tpe", "sobol", "uniform"};
  return s;
}

settings read(int argc, char** argv) {
  settings s;
  for (int i = 1; i < argc; ++i) {
    auto text = [&] { return std::string(i + 1 < argc ? argv[++i] : ""); };
    auto number = [&] { return std::strtoull(text().c_str(), nullptr, 10); };
    if (!std::strcmp(argv[i], "--seeds"))
      s.seeds = number();
    else if (!std::strcmp(argv[i], "--first"))
      s.first = number();
    else if (!std::strcmp(argv[i], "--held-out"))
      s.held_out = true;
    else if (!std::strcmp(argv[i], "--high"))
      s.high = true;
    else if (!std::strcmp(argv[i], "--many"))
      s.many = true;
    else if (!std::strcmp(argv[i], "--trials"))
      s.trials = number();
    else if (!std::strcmp(argv[i], "--marks"))
      s.marks = numbers(text());
    else if (!std::strcmp(argv[i], "--parallel"))
      s.parallel.push_back(static_cast<std::uint32_t>(number()));
    else if (!std::strcmp(argv[i], "--group"))
      s.groups.insert(text());
    else if (!std::strcmp(argv[i], "--only"))
      s.only = text();
    else if (!std::strcmp(argv[i], "--tables"))
      s.tables = text();
    else if (!std::strcmp(argv[i], "--results"))
      s.results = text();
    else if (!std::strcmp(argv[i], "--peer"))
      s.competitors.push_back("peer " + text());
    else if (argv[i][0] == '-')
      refuse(std::string("unknown option ") + argv[i]);
    else
      s.competitors.emplace_back(argv[i]);
  }
  return completed(std::move(s));
}

/// Results with the usual marks are known by what was run alone.
std::string key_of(const settings& s, const std::string& competitor, const problem& p, std::uint32_t parallel,
                   std::uint64_t seed) {
  std::ostringstream key;
  key << competitor << '\t' << p.name << '\t' << parallel << '\t' << s.trials << '\t' << seed;
  if (s.marks != usual_marks(s.trials))
    for (std::size_t i = 0; i < s.marks.size(); ++i) key << (i ? ',' : '\t') << s.marks[i];
  return key.str();
}

}  // namespace

int main(int argc, char** argv) {
  const auto s = read(argc, argv);
  auto all = s.held_out ? held_out_problems()
             : s.high   ? high_dimensional_problems()
             : s.many   ? many_objective_problems()
                        : problems();
  if (!s.tables.empty())
    for (auto& p : table_problems(s.tables)) all.push_back(std::move(p));
  std::erase_if(all, [&](const problem& p) {
    return p.name.find(s.only) == std::string::npos || (!s.groups.empty() && !s.groups.contains(p.group));
  });
  std::vector<std::unique_ptr<tuner>> tuners;
  for (const auto& name : s.competitors) {
    if (name.starts_with("peer "))
      tuners.push_back(std::make_unique<peer>(name.substr(5)));
    else
      tuners.push_back(std::make_unique<own>(name));
  }
  memory kept(s.results, s.marks.size());
  for (auto parallel : s.parallel) {
    std::printf("\n## %llu trials, %u at a time, %llu seeds\n", static_cast<unsigned long long>(s.trials), parallel,
                static_cast<unsigned long long>(s.seeds));
    std::vector<standing> standings;
    std::vector<double> seconds(s.competitors.size(), 0);
    std::string group;
    for (const auto& p : all) {
      if (p.group != group) print_rows(s.competitors, p.group + " problem");
      group = p.group;
      const auto title = p.group + (is_multi(p) ? ", several objectives" : ", one objective");
      auto where = std::ranges::find(standings, title, &standing::title);
      if (where == standings.end())
        where = standings.insert(where, {title, is_multi(p), decltype(standing::scores)(s.marks.size())});
      for (auto& scores : where->scores) scores.emplace_back();
      std::printf("| %s |", p.name.c_str());
      for (std::size_t c = 0; c < s.competitors.size(); ++c) {
        std::vector<std::vector<double>> at(s.marks.size());
        for (std::uint64_t seed = s.first; seed < s.first + s.seeds; ++seed) {
          const auto key = key_of(s, s.competitors[c], p, parallel, seed);
          const auto* known = kept.find(key);
          race_result fresh;
          if (!known) {
            fresh = race(p, *tuners[c], {s.trials, parallel, seed, s.marks});
            kept.keep(key, fresh);
            known = &fresh;
          }
          seconds[c] += known->ask_seconds;
          for (std::size_t mark = 0; mark < at.size(); ++mark) at[mark].push_back(known->scores[mark]);
        }
        for (std::size_t mark = 0; mark < at.size(); ++mark) {
          where->scores[mark].back().push_back(at[mark]);
          std::ranges::sort(at[mark]);
          std::printf(" %.3g (%.3g to %.3g)%s", quantile(at[mark], 0.5), quantile(at[mark], 0.25),
                      quantile(at[mark], 0.75), mark + 1 < at.size() ? "," : " |");
        }
        std::fflush(stdout);
      }
      std::printf("\n");
    }
    for (const auto& x : standings) print_standing(x, s);
    std::printf("\nSeconds of asking and telling:");
    for (std::size_t c = 0; c < s.competitors.size(); ++c)
      std::printf(" %s %.1f%s", s.competitors[c].c_str(), seconds[c], c + 1 < s.competitors.size() ? "," : "\n");
    std::fflush(stdout);
  }
}
