#include "bench/problems.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numbers>

#include "tests/support/builders.hpp"

namespace vilfredo::bench {

namespace {

using namespace vilfredo::test;
using std::numbers::pi;

std::vector<parameter> cube(std::size_t n, double min, double max) {
  std::vector<parameter> out;
  for (std::size_t i = 0; i < n; ++i) out.push_back(real("x" + std::to_string(i), min, max));
  return out;
}

double square(double x) { return x * x; }

double branin(double x, double y) {
  return square(y - 5.1 / (4 * pi * pi) * x * x + 5 / pi * x - 6) + 10 * (1 - 1 / (8 * pi)) * std::cos(x) + 10;
}

double sphere(const std::vector<double>& x) {
  double sum = 0;
  for (double v : x) sum += square(v - 1.3);  // off the centre, where nothing is by accident
  return sum;
}

double ackley(const std::vector<double>& x) {
  double squares = 0, waves = 0;
  const auto n = static_cast<double>(x.size());
  for (double v : x) {
    squares += square(v - 7);
    waves += std::cos(2 * pi * (v - 7));
  }
  return -20 * std::exp(-0.2 * std::sqrt(squares / n)) - std::exp(waves / n) + 20 + std::numbers::e;
}

double rosenbrock(const std::vector<double>& x) {
  double sum = 0;
  for (std::size_t i = 0; i + 1 < x.size(); ++i) sum += 100 * square(x[i + 1] - x[i] * x[i]) + square(1 - x[i]);
  return sum;
}

double hartmann6(const std::vector<double>& x) {
  constexpr double a[4][6] = {
      {10, 3, 17, 3.5, 1.7, 8}, {0.05, 10, 17, 0.1, 8, 14}, {3, 3.5, 1.7, 10, 17, 8}, {17, 8, 0.05, 10, 0.1, 14}};
  constexpr double p[4][6] = {{0.1312, 0.1696, 0.5569, 0.0124, 0.8283, 0.5886},
                              {0.2329, 0.4135, 0.8307, 0.3736, 0.1004, 0.9991},
                              {0.2348, 0.1451, 0.3522, 0.2883, 0.3047, 0.6650},
                              {0.4047, 0.8828, 0.8732, 0.5743, 0.1091, 0.0381}};
  constexpr double c[4] = {1.0, 1.2, 3.0, 3.2};
  double sum = 0;
  for (int i = 0; i < 4; ++i) {
    double inner = 0;
    for (std::size_t j = 0; j < 6; ++j) inner += a[i][j] * square(x[j] - p[i][j]);
    sum -= c[i] * std::exp(-inner);
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

}  // namespace

std::vector<problem> problems() {
  std::vector<problem> out;
  auto add = [&](std::string name, std::vector<parameter> parameters, double best,
                 std::function<double(const assignments&)> f) {
    out.push_back({std::move(name), experiment(std::move(parameters), {minimize("y")}),
                   [f](const assignments& x) { return std::vector{f(x)}; }, best});
  };
  add("sphere 5-D", cube(5, -5, 5), 0, [](const assignments& x) { return sphere(x.values); });
  add("branin 2-D", {real("x", -5, 10), real("y", 0, 15)}, 0.39788735772973816,
      [](const assignments& x) { return branin(x.values[0], x.values[1]); });
  add("hartmann 6-D", cube(6, 0, 1), -3.32236801141551, [](const assignments& x) { return hartmann6(x.values); });
  add("ackley 5-D", cube(5, -32.768, 32.768), 0, [](const assignments& x) { return ackley(x.values); });
  add("rosenbrock 4-D", cube(4, -2, 2), 0, [](const assignments& x) { return rosenbrock(x.values); });
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
  {
    problem p;
    p.name = "constrained branin 2-D";
    p.what = experiment({real("x", -5, 10), real("y", 0, 15)}, {minimize("y"), keep_below("disc", 0)});
    p.evaluate = [](const assignments& x) {
      const double a = x.values[0], b = x.values[1];
      return std::vector{branin(a, b), square(a - 2.5) + square(b - 7.5) - 50};
    };
    p.best = 0.39788735772973816;
    out.push_back(std::move(p));
  }
  {
    problem p;
    p.name = "g04-like, 3 constraints 5-D";  // Himmelblau's problem with its five variables (Himmelblau 1972)
    p.what =
        experiment({real("a", 78, 102), real("b", 33, 45), real("c", 27, 45), real("d", 27, 45), real("e", 27, 45)},
                   {minimize("y"), keep_below("u", 92), keep_below("v", 110), keep_below("w", 25)});
    p.what.metrics.push_back({"v low", objective::maximize, strategy::constraint, 90});
    p.what.metrics.push_back({"w low", objective::maximize, strategy::constraint, 20});
    p.evaluate = [](const assignments& x) {
      const double a = x.values[0], b = x.values[1], c = x.values[2], d = x.values[3], e = x.values[4];
      const double u = 85.334407 + 0.0056858 * b * e + 0.0006262 * a * d - 0.0022053 * c * e;
      const double v = 80.51249 + 0.0071317 * b * e + 0.0029955 * a * b + 0.0021813 * c * c;
      const double w = 9.300961 + 0.0047026 * c * e + 0.0012547 * a * c + 0.0019085 * c * d;
      return std::vector{5.3578547 * c * c + 0.8356891 * a * e + 37.293239 * a - 40792.141, u, v, w, v, w};
    };
    p.best = -30665.538671783;
    out.push_back(std::move(p));
  }
  {
    problem p;
    p.name = "zdt1 6-D, 2 objectives";
    p.what = experiment(cube(6, 0, 1), {minimize("f"), minimize("g")});
    p.evaluate = [](const assignments& x) {
      double rest = 0;
      for (std::size_t i = 1; i < x.values.size(); ++i) rest += x.values[i];
      const double g = 1 + 9 * rest / static_cast<double>(x.values.size() - 1);
      return std::vector{x.values[0], g * (1 - std::sqrt(x.values[0] / g))};
    };
    p.worst = {1.1, 4};
    p.best = (3 + 2.0 / 3) + 0.1 * 4;  // ∫ 4 − (1 − √f) from 0 to 1, and the strip from 1 to 1.1
    out.push_back(std::move(p));
  }
  return out;
}

}  // namespace vilfredo::bench
