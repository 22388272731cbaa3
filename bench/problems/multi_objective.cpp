#include <algorithm>
#include <cmath>
#include <numbers>

#include "bench/problems.hpp"
#include "bench/problems/functions.hpp"
#include "tests/support/builders.hpp"

// Greatest hypervolumes are exact where the front is a formula; those said to be found are from a long search, good to
// the digits given.

namespace vilfredo::bench {

namespace {

using namespace vilfredo::test;
using std::numbers::pi;
using numbers = std::vector<double>;

/// g of ZDT 1 to 3 (Zitzler, Deb & Thiele 2000): 1 on the front.
double zdt_rest(const numbers& x) {
  double rest = 0;
  for (std::size_t i = 1; i < x.size(); ++i) rest += x[i];
  return 1 + 9 * rest / static_cast<double>(x.size() - 1);
}

numbers zdt1(const numbers& x) {
  const double g = zdt_rest(x);
  return {x[0], g * (1 - std::sqrt(x[0] / g))};
}
numbers zdt2(const numbers& x) {
  const double g = zdt_rest(x);
  return {x[0], g * (1 - square(x[0] / g))};
}
numbers zdt3(const numbers& x) {
  const double g = zdt_rest(x);
  return {x[0], g * (1 - std::sqrt(x[0] / g) - x[0] / g * std::sin(10 * pi * x[0]))};
}

/// DTLZ2 (Deb et al. 2002) with three objectives: an eighth of the unit sphere.
numbers dtlz2(const numbers& x) {
  double g = 0;
  for (std::size_t i = 2; i < x.size(); ++i) g += square(x[i] - 0.5);
  const double a = x[0] * pi / 2, b = x[1] * pi / 2;
  return {(1 + g) * std::cos(a) * std::cos(b), (1 + g) * std::cos(a) * std::sin(b), (1 + g) * std::sin(a)};
}

numbers fonseca_fleming(const numbers& x) {
  double up = 0, down = 0;
  const double shift = 1 / std::sqrt(static_cast<double>(x.size()));
  for (double v : x) {
    up += square(v - shift);
    down += square(v + shift);
  }
  return {1 - std::exp(-up), 1 - std::exp(-down)};
}

numbers kursawe(const numbers& x) {
  double f = 0, g = 0;
  for (std::size_t i = 0; i + 1 < x.size(); ++i) f -= 10 * std::exp(-0.2 * std::sqrt(square(x[i]) + square(x[i + 1])));
  for (double v : x) g += std::pow(std::abs(v), 0.8) + 5 * std::sin(v * v * v);
  return {f, g};
}

/// Branin's and Currin's functions on the unit square (Belakaria et al. 2019), both to minimize.
numbers branin_currin(const numbers& x) { return {branin(15 * x[0] - 5, 15 * x[1]), currin(x[0], x[1])}; }

numbers viennet(const numbers& x) {
  const double a = x[0], b = x[1], r = a * a + b * b;
  return {0.5 * r + std::sin(r), square(3 * a - 2 * b + 4) / 8 + square(a - b + 1) / 27 + 15,
          1 / (r + 1) - 1.1 * std::exp(-r)};
}

/// The design of a truss of four bars: volume and displacement (Cheng & Li 1999; RE21 of Tanabe & Ishibuchi 2020).
numbers truss(const numbers& x) {
  constexpr double force = 10, young = 2e5, length = 200;
  const double root = std::numbers::sqrt2;
  return {length * (2 * x[0] + root * x[1] + std::sqrt(x[2]) + x[3]),
          force * length / young * (2 / x[0] + 2 * root / x[1] - 2 * root / x[2] + 2 / x[3])};
}

/// Its greatest hypervolume. The third bar is best at its least; for the others, of least volume + λ · displacement
/// over all λ, each coordinate stands at the root of its own derivative.
double truss_volume(const numbers& worst) {
  const double least = std::numbers::sqrt2;
  numbers last;
  double sum = 0;
  constexpr int steps = 200'000;
  for (int i = 0; i <= steps; ++i) {
    const double t = 0.7 + 2.3 * i / steps;  // √λ
    const double thick = std::clamp(std::numbers::sqrt2 * t, least, 3.0);
    const double fourth = std::clamp(std::numbers::sqrt2 * t, 1.0, 3.0);
    const auto f = truss({std::max(t, 1.0), thick, least, fourth});
    // From the least volume to the greatest: the displacement falls, and each step covers what lies right of it.
    if (i > 0) sum += (f[0] - last[0]) * (worst[1] - (last[1] + f[1]) / 2);
    last = f;
  }
  return sum + (worst[0] - last[0]) * (worst[1] - last[1]);
}

/// Crashworthiness of a vehicle: mass, acceleration, intrusion (Liao et al. 2008; RE34 of Tanabe & Ishibuchi 2020).
numbers vehicle(const numbers& x) {
  const double a = x[0], b = x[1], c = x[2], d = x[3], e = x[4];
  return {1640.2823 + 2.3573285 * a + 2.3220035 * b + 4.5688768 * c + 7.7213633 * d + 4.4559504 * e,
          6.5856 + 1.15 * a - 1.0427 * b + 0.9738 * c + 0.8364 * d - 0.3695 * a * d + 0.0861 * a * e + 0.3628 * b * d -
              0.1106 * a * a - 0.3437 * c * c + 0.1764 * d * d,
          -0.0551 + 0.0181 * a + 0.1024 * b + 0.0421 * c - 0.0073 * a * b + 0.024 * b * c - 0.0118 * b * d -
              0.0204 * c * d - 0.008 * c * e - 0.0241 * b * b + 0.0109 * d * d};
}

/// A model's error and what a prediction costs: a bigger one errs less, an optimizer and a rate must fit.
numbers model_size(const numbers& v) {
  const double rate = std::log10(v[0]), units = std::log2(v[1]);
  const double good_rate = -1.5 - 0.2 * units - (v[3] == 0 ? 0 : 0.5);
  const double error = 0.05 + 0.5 * std::exp(-0.25 * units - 0.15 * v[2]) + 0.1 * square(rate - good_rate) +
                       (v[3] == 1 ? 0 : 0.03) + 0.3 * square(v[4] - 0.1 * v[2]);
  return {error, units + std::log2(v[2])};
}

}  // namespace

std::vector<problem> multi_objective_problems() {
  std::vector<problem> out;
  auto add = [&](std::string name, std::vector<parameter> parameters, numbers (*f)(const numbers&), numbers worst,
                 double best) {
    std::vector<metric> metrics;
    for (std::size_t i = 0; i < worst.size(); ++i) metrics.push_back(minimize("f" + std::to_string(i)));
    out.push_back({std::move(name), "multi", experiment(std::move(parameters), std::move(metrics)),
                   [f](const assignments& x) { return f(x.values); }, best, std::move(worst)});
  };
  // Two hills with their tops at (7, 8) and (1, 4), both to maximize, measured from (−52, −52).
  add(
      "two hills 2-D", {real("x1", 0, 10), real("x2", 0, 10)},
      [](const numbers& x) {
        return numbers{-(square(x[0] - 7) + square(x[1] - 8)), -(square(x[0] - 1) + square(x[1] - 4))};
      },
      {-52, -52}, 2253.33);
  for (auto& m : out.back().what.metrics) m.objective = objective::maximize;
  // ∫ 4 − (1 − √f), or 4 − (1 − f²), from 0 to 1, and the strip from 1 to 1.1
  add("zdt1 6-D", cube(6, 0, 1), zdt1, {1.1, 4}, 3 + 2.0 / 3 + 0.4);
  add("zdt2 8-D", cube(8, 0, 1), zdt2, {1.1, 4}, 3 + 1.0 / 3 + 0.4);
  add("zdt3 8-D", cube(8, 0, 1), zdt3, {1.1, 4}, 4.5218);
  add("dtlz2 6-D, 3 objectives", cube(6, 0, 1), dtlz2, {1.5, 1.5, 1.5}, 3.375 - pi / 6);
  add("fonseca-fleming 4-D", cube(4, -4, 4), fonseca_fleming, {1, 1}, 0.34205);
  add("kursawe 3-D", cube(3, -5, 5), kursawe, {-10, 15}, 226.9);
  add("branin, currin 2-D", cube(2, 0, 1), branin_currin, {60, 12}, 619.44);
  add("viennet 2-D, 3 objectives", cube(2, -3, 3), viennet, {9, 25, 0.3}, 35.14);
  const double least = std::numbers::sqrt2;
  add("truss 4-D", {real("a", 1, 3), real("b", least, 3), real("c", least, 3), real("d", 1, 3)}, truss, {3000, 0.045},
      0);
  out.back().best = truss_volume(out.back().worst);
  add("vehicle 5-D, 3 objectives", cube(5, 1, 3), vehicle, {1710, 11.5, 0.28}, 50.3);
  add("model size 5-D, mixed",
      {logarithmic(real("rate", 1e-6, 1)), logarithmic(integer("units", 4, 1024)), integer("layers", 1, 8),
       categorical("optimizer", {"sgd", "adam", "lion"}), real("dropout", 0, 0.9)},
      model_size, {0.7, 13}, 6.274);
  return out;
}

}  // namespace vilfredo::bench
