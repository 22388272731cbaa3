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

// Optima are off the centre and off the bounds, where nothing is found by accident.

double sphere(const std::vector<double>& x) {
  double sum = 0;
  for (double v : x) sum += square(v - 1.3);
  return sum;
}

double styblinski_tang(const std::vector<double>& x) {
  double sum = 0;
  for (double v : x) sum += (square(v * v) - 16 * v * v + 5 * v) / 2;
  return sum;
}

/// An ellipsoid whose axes, 1 to 1000 steep, lie askew: a chain of plane rotations turns each into its neighbour.
double ellipsoid(std::vector<double> x) {
  const auto n = x.size();
  for (double& v : x) v -= 0.7;
  for (std::size_t i = 0; i + 1 < n; ++i) {
    const double a = x[i], b = x[i + 1];
    x[i] = 0.8 * a - 0.6 * b;
    x[i + 1] = 0.6 * a + 0.8 * b;
  }
  double sum = 0;
  for (std::size_t i = 0; i < n; ++i)
    sum += std::pow(1000, static_cast<double>(i) / static_cast<double>(n - 1)) * square(x[i]);
  return sum;
}

/// Integers between waves (Rastrigin's function on whole numbers and halves of them).
double integer_waves(const std::vector<double>& x) {
  double sum = 0;
  for (double v : x) {
    const double y = (v - 13) / 4;
    sum += y * y - 3 * std::cos(2 * pi * y) + 3;
  }
  return sum;
}

/// Three model families, each with settings of its own; a valley in the learning rate that moves with the depth.
double mixed(const assignments& x) {
  const auto& v = x.values;
  const auto family = static_cast<int>(v[0]);
  const double rate = std::log10(v[1]), units = std::log2(v[2]);
  double loss = 0.3 * square(rate + 2.5) + 0.05 * square(units - 6);
  if (family == 0) return 0.5 + loss + square(v[3] - 0.2);
  if (family == 1) return 0.2 + loss + 0.02 * square(v[4] - 7) + 0.2 * square(rate + 1 + 0.2 * v[4]);
  return 0.4 + loss + (v[5] == 2 ? 0 : 0.3) + 2 * square(v[6] - 0.6);
}

/// Its least value, by looking closely at the boosted family: two valleys in the rate meet between the depths.
double least_mixed() {
  double least = std::numeric_limits<double>::infinity();
  for (int depth = 1; depth <= 12; ++depth)
    for (int i = 0; i <= 50'000; ++i)
      least = std::min(least, mixed({{1, std::pow(10, -1e-4 * i), 64, 0, static_cast<double>(depth), 0, 0}}));
  return least;
}

/// A training run: learning rate, batch, layers, optimizer, weight decay on the scales that such things have.
double training(const assignments& x) {
  const auto& v = x.values;
  const double rate = std::log10(v[0]), batch = std::log2(v[1]), decay = std::log10(v[4]);
  const double good_rate = -2.5 + 0.2 * (batch - 6) - (v[3] == 0 ? 0 : 0.8);
  return 0.25 * square(rate - good_rate) + 0.01 * square(v[2] - 5) + 0.02 * square(decay + 4) + (v[3] == 1 ? 0 : 0.1) +
         0.005 * square(batch - 6);
}

/// A support vector machine's error over cost and width, both logarithmic, and a third that hardly matters.
double kernel_machine(const std::vector<double>& x) {
  const double cost = std::log10(x[0]), width = std::log10(x[1]), shrink = std::log10(x[2]);
  const double valley = cost + width - 0.4, along = cost - 1.7;
  return 0.5 - 0.4 * std::exp(-0.5 * square(valley) - 0.05 * square(along)) + 0.002 * square(shrink + 3);
}

/// Six choices of five: each counts by itself, and each pair of neighbours counts together (a random table).
struct choices {
  static constexpr std::size_t sites = 6, kinds = 5;
  double alone[sites][kinds], together[sites - 1][kinds][kinds];

  choices() {
    random_source random(20'240);
    for (auto& site : alone)
      for (double& v : site) v = random.normal();
    for (auto& pair : together)
      for (auto& row : pair)
        for (double& v : row) v = random.normal();
  }
  double operator()(const std::vector<double>& x) const {
    double sum = 0;
    auto at = [&](std::size_t i) { return static_cast<std::size_t>(x[i]); };
    for (std::size_t i = 0; i < sites; ++i) sum += alone[i][at(i)];
    for (std::size_t i = 0; i + 1 < sites; ++i) sum += together[i][at(i)][at(i + 1)];
    return sum;
  }
  double least() const {
    double best = std::numeric_limits<double>::infinity();
    std::vector<double> x(sites, 0);
    for (std::size_t n = 0; n < 15'625; ++n) {  // 5⁶
      auto rest = n;
      for (double& v : x) {
        v = static_cast<double>(rest % kinds);
        rest /= kinds;
      }
      best = std::min(best, (*this)(x));
    }
    return best;
  }
};

/// Ackley's function of three numbers and three switches; a switch that is on is one unit off.
double switched_ackley(const std::vector<double>& x) {
  std::vector<double> y{x[0], x[1], x[2]};
  for (std::size_t i = 3; i < 6; ++i) y.push_back(x[i] == 1 ? 0.3 : 1.3);
  return ackley(y, 0.3);
}

}  // namespace

std::vector<problem> single_objective_problems() {
  std::vector<problem> out;
  auto add = [&](std::string name, std::vector<parameter> parameters, double best,
                 std::function<double(const assignments&)> f) {
    out.push_back({std::move(name), "single", experiment(std::move(parameters), {minimize("y")}),
                   [f](const assignments& x) { return std::vector{f(x)}; }, best});
  };
  auto of_values = [](double (*f)(const std::vector<double>&)) {
    return [f](const assignments& x) { return f(x.values); };
  };
  const double least_branin = 0.39788735772973816, least_hartmann = -3.32236801141551;
  add("sphere 5-D", cube(5, -5, 5), 0, of_values(sphere));
  add("branin 2-D", {real("x", -5, 10), real("y", 0, 15)}, least_branin,
      [](const assignments& x) { return branin(x.values[0], x.values[1]); });
  add("hartmann 6-D", cube(6, 0, 1), least_hartmann, of_values(hartmann6));
  add("ackley 5-D", cube(5, -32.768, 32.768), 0, [](const assignments& x) { return ackley(x.values, 7); });
  add("rosenbrock 4-D", cube(4, -2, 2), 0, of_values(rosenbrock));
  add("rosenbrock 10-D", cube(10, -2, 2), 0, of_values(rosenbrock));
  add("levy 8-D", cube(8, -10, 10), 0, of_values(levy));
  add("styblinski-tang 6-D", cube(6, -5, 5), -39.16616570377142 * 6, of_values(styblinski_tang));
  add("ellipsoid, askew 20-D", cube(20, -5, 5), 0, [](const assignments& x) { return ellipsoid(x.values); });
  add("ackley 20-D", cube(20, -10, 10), 0, [](const assignments& x) { return ackley(x.values, 3); });
  add("mixed, conditional 7-D",
      {categorical("family", {"linear", "boosted", "deep"}), logarithmic(real("rate", 1e-5, 1)),
       logarithmic(integer("units", 4, 1024)), when(real("mix", 0, 1), "family", {"linear"}),
       when(integer("depth", 1, 12), "family", {"boosted"}),
       when(categorical("activation", {"relu", "tanh", "gelu", "elu"}), "family", {"deep"}),
       when(real("dropout", 0, 0.9), "family", {"deep"})},
      least_mixed(), mixed);
  add("training 5-D, ints, log, grid",
      {logarithmic(real("rate", 1e-6, 1)), on_grid("batch", {16, 32, 64, 128, 256, 512}, parameter_type::integer),
       integer("layers", 1, 12), categorical("optimizer", {"sgd", "adam", "lion"}),
       logarithmic(real("decay", 1e-8, 1e-1))},
      0, training);
  add("kernel machine 3-D, log",
      {logarithmic(real("cost", 1e-3, 1e4)), logarithmic(real("width", 1e-5, 10)),
       logarithmic(real("shrink", 1e-6, 1))},
      0.1, of_values(kernel_machine));
  {
    std::vector<parameter> eight;
    for (int i = 0; i < 8; ++i) eight.push_back(integer("n" + std::to_string(i), -20, 40));
    add("waves 8-D, ints", std::move(eight), 0, of_values(integer_waves));
  }
  add("ackley 6-D, three switches",
      {real("x0", -3, 3), real("x1", -3, 3), real("x2", -3, 3), categorical("s0", {"off", "on"}),
       categorical("s1", {"off", "on"}), categorical("s2", {"off", "on"})},
      0, of_values(switched_ackley));
  {
    std::vector<parameter> six;
    for (int i = 0; i < 6; ++i) six.push_back(categorical("site" + std::to_string(i), {"a", "b", "c", "d", "e"}));
    const choices table;
    add("choices 6-D, categories", std::move(six), table.least(),
        [table](const assignments& x) { return table(x.values); });
  }
  add("hartmann 6-D, noisy", cube(6, 0, 1), least_hartmann, of_values(hartmann6));
  out.back().noise = 0.2;
  add("branin 2-D, noisy", {real("x", -5, 10), real("y", 0, 15)}, least_branin,
      [](const assignments& x) { return branin(x.values[0], x.values[1]); });
  out.back().noise = 5;
  // Everything beyond a slope through the unit cube crashes; the best point that does not lies inside.
  add("hartmann 6-D, a third fails", cube(6, 0, 1), least_hartmann, of_values(hartmann6));
  out.back().evaluate = [](const assignments& x) -> std::vector<double> {
    const auto& v = x.values;
    if (v[0] + v[2] - v[5] > 0.75) return {};
    return {hartmann6(v)};
  };
  return out;
}

}  // namespace vilfredo::bench
