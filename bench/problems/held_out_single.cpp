#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "bench/problems.hpp"
#include "bench/problems/functions.hpp"
#include "core/random.hpp"
#include "tests/support/builders.hpp"

namespace vilfredo::bench {

namespace {

using namespace vilfredo::test;
using std::numbers::pi;
using numbers = std::vector<double>;

double hartmann3(const numbers& x) {
  constexpr double a[4][3] = {{3, 10, 30}, {0.1, 10, 35}, {3, 10, 30}, {0.1, 10, 35}};
  constexpr double p[4][3] = {
      {0.3689, 0.1170, 0.2673}, {0.4699, 0.4387, 0.7470}, {0.1091, 0.8732, 0.5547}, {0.03815, 0.5743, 0.8828}};
  constexpr double c[4] = {1.0, 1.2, 3.0, 3.2};
  double sum = 0;
  for (int i = 0; i < 4; ++i) {
    double inner = 0;
    for (std::size_t j = 0; j < 3; ++j) inner += a[i][j] * square(x[j] - p[i][j]);
    sum -= c[i] * std::exp(-inner);
  }
  return sum;
}

double camel(const numbers& x) {
  const double a = x[0] * x[0], b = x[1] * x[1];
  return (4 - 2.1 * a + a * a / 3) * a + x[0] * x[1] + (4 * b - 4) * b;
}

double shekel(const numbers& x) {
  constexpr double places[10][4] = {{4, 4, 4, 4}, {1, 1, 1, 1}, {8, 8, 8, 8}, {6, 6, 6, 6}, {3, 7, 3, 7},
                                    {2, 9, 2, 9}, {5, 5, 3, 3}, {8, 1, 8, 1}, {6, 2, 6, 2}, {7, 3.6, 7, 3.6}};
  constexpr double widths[10] = {0.1, 0.2, 0.2, 0.4, 0.4, 0.6, 0.3, 0.7, 0.5, 0.5};
  double sum = 0;
  for (int i = 0; i < 10; ++i) {
    double inner = widths[i];
    for (std::size_t j = 0; j < 4; ++j) inner += square(x[j] - places[i][j]);
    sum -= 1 / inner;
  }
  return sum;
}

double michalewicz(const numbers& x) {
  double sum = 0;
  for (std::size_t i = 0; i < x.size(); ++i)
    sum -= std::sin(x[i]) * std::pow(std::sin(static_cast<double>(i + 1) * x[i] * x[i] / pi), 20);
  return sum;
}

double rastrigin(const numbers& x) {
  double sum = 0;
  for (double v : x) sum += square(v - 0.9) - 3 * std::cos(2 * pi * (v - 0.9)) + 3;
  return sum;
}

double dixon_price(const numbers& x) {
  double sum = square(x[0] - 1);
  for (std::size_t i = 1; i < x.size(); ++i) sum += static_cast<double>(i + 1) * square(2 * x[i] * x[i] - x[i - 1]);
  return sum;
}

double powell(const numbers& x) {
  double sum = 0;
  for (std::size_t i = 0; i + 3 < x.size(); i += 4)
    sum += square(x[i] + 10 * x[i + 1]) + 5 * square(x[i + 2] - x[i + 3]) + std::pow(x[i + 1] - 2 * x[i + 2], 4) +
           10 * std::pow(x[i] - x[i + 3], 4);
  return sum;
}

/// What flows through a borehole (Morris, Mitchell & Ylvisaker 1993).
double borehole(const numbers& x) {
  const double ratio = std::log(x[1] / x[0]);
  return 2 * pi * x[2] * (x[3] - x[5]) / (ratio * (1 + 2 * x[6] * x[2] / (ratio * x[0] * x[0] * x[7]) + x[2] / x[4]));
}

double goldstein_price(const numbers& x) {
  const double a = x[0], b = x[1];
  const double first = 1 + square(a + b + 1) * (19 - 14 * a + 3 * a * a - 14 * b + 6 * a * b + 3 * b * b);
  const double second = 30 + square(2 * a - 3 * b) * (18 - 32 * a + 12 * a * a + 48 * b - 36 * a * b + 27 * b * b);
  return std::log(first * second);
}

/// A classifier's error: which features, which learner with settings of its own, and how they fit together.
double pipeline(const assignments& x) {
  const auto& v = x.values;
  const double kept = std::log2(v[1] / 40);
  double loss = 0.1 + 0.02 * square(kept) + (v[0] == 0 ? 0.06 : v[0] == 1 ? 0.02 : 0);
  if (v[2] == 0) return loss + 0.08 + 0.015 * square(std::log10(v[3]) + 1.5 - 0.5 * kept);
  if (v[2] == 1) return loss + 0.03 + 0.003 * square(v[4] - 9 + kept) + 0.2 * square(v[5] - 0.55) * (1 + 0.1 * v[4]);
  return loss + 0.02 * square(std::log10(v[6]) + 3) + 0.015 * square(v[7] - 3) +
         (v[8] == 2   ? 0.01
          : v[8] == 1 ? 0
                      : 0.05);
}

/// Who does what: seven tasks and four workers, each with costs by itself; two that work together, and whoever does
/// more than two tasks, cost more.
struct duties {
  static constexpr std::size_t tasks = 7, workers = 4;
  double alone[tasks][workers], together[tasks][tasks];

  duties() {
    random_source random(31'337);
    for (auto& task : alone)
      for (double& v : task) v = 3 * random.uniform();
    for (auto& row : together)
      for (double& v : row) v = random.normal();
  }
  double operator()(const numbers& x) const {
    double sum = 0;
    std::size_t load[workers] = {};
    for (std::size_t i = 0; i < tasks; ++i) {
      const auto who = static_cast<std::size_t>(x[i]);
      sum += alone[i][who];
      ++load[who];
      for (std::size_t j = 0; j < i; ++j)
        if (x[j] == x[i]) sum += together[i][j];
    }
    for (auto n : load) sum += n > 2 ? square(static_cast<double>(n - 2)) : 0;
    return sum;
  }
  double least() const {
    double best = std::numeric_limits<double>::infinity();
    numbers x(tasks, 0);
    for (std::size_t n = 0; n < 16'384; ++n) {  // 4⁷
      auto rest = n;
      for (double& v : x) {
        v = static_cast<double>(rest % workers);
        rest /= workers;
      }
      best = std::min(best, (*this)(x));
    }
    return best;
  }
};

}  // namespace

std::vector<problem> held_out_single_problems() {
  std::vector<problem> out;
  auto add = [&](std::string name, std::vector<parameter> parameters, double best,
                 std::function<double(const assignments&)> f) {
    out.push_back({std::move(name), "held out single", experiment(std::move(parameters), {minimize("y")}),
                   [f](const assignments& x) { return std::vector{f(x)}; }, best});
  };
  auto of_values = [](double (*f)(const numbers&)) { return [f](const assignments& x) { return f(x.values); }; };
  const double least_camel = -1.031628453489877;
  add("hartmann 3-D", cube(3, 0, 1), -3.86278214782076, of_values(hartmann3));
  add("camel 2-D", {real("x", -3, 3), real("y", -2, 2)}, least_camel, of_values(camel));
  add("shekel 4-D", cube(4, 0, 10), -10.536443153483534, of_values(shekel));
  add("michalewicz 5-D", cube(5, 0, pi), -4.687658179088148, of_values(michalewicz));
  add("rastrigin 4-D", cube(4, -5.12, 5.12), 0, of_values(rastrigin));
  add("dixon-price 7-D", cube(7, -4, 4), 0, of_values(dixon_price));
  add("powell 12-D", cube(12, -4, 5), 0, of_values(powell));
  add("borehole 8-D",
      {real("radius", 0.05, 0.15), logarithmic(real("reach", 100, 50'000)), real("upper", 63'070, 115'600),
       real("upper_head", 990, 1110), real("lower", 63.1, 116), real("lower_head", 700, 820),
       real("length", 1120, 1680), real("conductivity", 9855, 12'045)},
      borehole({0.05, 50'000, 63'070, 990, 63.1, 820, 1680, 9855}), of_values(borehole));
  add("pipeline 9-D, conditional",
      {categorical("features", {"raw", "scaled", "ranked"}), logarithmic(integer("kept", 5, 400)),
       categorical("learner", {"linear", "trees", "network"}),
       when(logarithmic(real("ridge", 1e-5, 10)), "learner", {"linear"}),
       when(integer("depth", 1, 20), "learner", {"trees"}), when(real("share", 0.1, 1), "learner", {"trees"}),
       when(logarithmic(real("rate", 1e-6, 1)), "learner", {"network"}),
       when(integer("layers", 1, 8), "learner", {"network"}),
       when(categorical("shape", {"relu", "gelu", "tanh"}), "learner", {"network"})},
      0.1, pipeline);
  {
    std::vector<parameter> seven;
    for (int i = 0; i < 7; ++i) seven.push_back(categorical("task" + std::to_string(i), {"ann", "bob", "cy", "dee"}));
    const duties table;
    add("duties 7-D, categories", std::move(seven), table.least(),
        [table](const assignments& x) { return table(x.values); });
  }
  add("camel 2-D, noisy", {real("x", -3, 3), real("y", -2, 2)}, least_camel, of_values(camel));
  out.back().noise = 0.3;
  // What is too far up and to the left crashes; the best point, (0, −1), does not.
  add("goldstein-price 2-D, a quarter fails", cube(2, -2, 2), std::log(3.0), of_values(goldstein_price));
  out.back().evaluate = [](const assignments& x) -> numbers {
    const auto& v = x.values;
    if (v[1] > v[0] + 1.2) return {};
    return {goldstein_price(v)};
  };
  return out;
}

}  // namespace vilfredo::bench
