#include "bench/standings.hpp"

#include <algorithm>
#include <cmath>

#include "bench/quantile.hpp"
#include "core/random.hpp"

namespace vilfredo::bench {

namespace {

/// ranks[seed][competitor] of one problem.
std::vector<std::vector<double>> ranked(const std::vector<std::vector<double>>& scores) {
  std::vector<std::vector<double>> out(scores[0].size(), std::vector<double>(scores.size()));
  for (std::size_t seed = 0; seed < out.size(); ++seed)
    for (std::size_t a = 0; a < scores.size(); ++a) {
      double rank = 1;
      for (std::size_t b = 0; b < scores.size(); ++b) {
        if (b == a) continue;
        rank += scores[b][seed] < scores[a][seed] ? 1 : scores[b][seed] == scores[a][seed] ? 0.5 : 0;
      }
      out[seed][a] = rank;
    }
  return out;
}

}  // namespace

std::vector<interval> mean_ranks(const std::vector<std::vector<std::vector<double>>>& scores) {
  constexpr int resamples = 1000;
  const auto competitors = scores[0].size();
  std::vector<std::vector<std::vector<double>>> ranks;
  for (const auto& problem : scores) ranks.push_back(ranked(problem));
  random_source random(1);
  auto mean = [&](bool drawn) {
    std::vector<double> sum(competitors, 0);
    double count = 0;
    for (const auto& problem : ranks)
      for (std::size_t k = 0; k < problem.size(); ++k, ++count) {
        const auto& of_seed = problem[drawn ? random.below(problem.size()) : k];
        for (std::size_t a = 0; a < competitors; ++a) sum[a] += of_seed[a];
      }
    for (double& v : sum) v /= count;
    return sum;
  };
  const auto middle = mean(false);
  std::vector<std::vector<double>> drawn(competitors);
  for (int i = 0; i < resamples; ++i) {
    const auto one = mean(true);
    for (std::size_t a = 0; a < competitors; ++a) drawn[a].push_back(one[a]);
  }
  std::vector<interval> out;
  for (std::size_t a = 0; a < competitors; ++a) {
    std::ranges::sort(drawn[a]);
    out.push_back({middle[a], quantile(drawn[a], 0.05), quantile(drawn[a], 0.95)});
  }
  return out;
}

std::vector<double> geometric_means(const std::vector<std::vector<std::vector<double>>>& scores, double floor) {
  std::vector<double> out(scores[0].size(), 0);
  for (const auto& problem : scores)
    for (std::size_t a = 0; a < problem.size(); ++a)
      for (double v : problem[a])
        out[a] += std::log(std::max(v, floor)) / static_cast<double>(problem[a].size() * scores.size());
  for (double& v : out) v = std::exp(v);
  return out;
}

}  // namespace vilfredo::bench
