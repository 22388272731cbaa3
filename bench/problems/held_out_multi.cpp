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

/// ZDT6 (Zitzler, Deb & Thiele 2000): thin towards its front, and unevenly spread along it.
numbers zdt6(const numbers& x) {
  double rest = 0;
  for (std::size_t i = 1; i < x.size(); ++i) rest += x[i];
  const double g = 1 + 9 * std::pow(rest / static_cast<double>(x.size() - 1), 0.25);
  const double f = 1 - std::exp(-4 * x[0]) * std::pow(std::sin(6 * pi * x[0]), 6);
  return {f, g * (1 - square(f / g))};
}

/// DTLZ7 (Deb et al. 2002) with three objectives: four pieces.
numbers dtlz7(const numbers& x) {
  double g = 0, h = 3;
  for (std::size_t i = 2; i < x.size(); ++i) g += x[i];
  g = 1 + 9 * g / static_cast<double>(x.size() - 2);
  for (std::size_t i = 0; i < 2; ++i) h -= x[i] / (1 + g) * (1 + std::sin(3 * pi * x[i]));
  return {x[0], x[1], (1 + g) * h};
}

/// DTLZ5: a curve in three objectives.
numbers dtlz5(const numbers& x) {
  double g = 0;
  for (std::size_t i = 2; i < x.size(); ++i) g += square(x[i] - 0.5);
  const double a = x[0] * pi / 2, b = pi / (4 * (1 + g)) * (1 + 2 * g * x[1]);
  return {(1 + g) * std::cos(a) * std::cos(b), (1 + g) * std::cos(a) * std::sin(b), (1 + g) * std::sin(a)};
}

/// Poloni's problem (1995) in two numbers, from −π to π.
numbers poloni(const numbers& x) {
  auto a = [](double s, double t) { return 0.5 * std::sin(s) - 2 * std::cos(s) + std::sin(t) - 1.5 * std::cos(t); };
  auto b = [](double s, double t) { return 1.5 * std::sin(s) - std::cos(s) + 2 * std::sin(t) - 0.5 * std::cos(t); };
  return {1 + square(a(1, 2) - a(x[0], x[1])) + square(b(1, 2) - b(x[0], x[1])), square(x[0] + 3) + square(x[1] + 1)};
}

/// How far it is to each of four places.
numbers places(const numbers& x) {
  constexpr double where[4][4] = {
      {0.2, 0.3, 0.5, 0.7}, {0.8, 0.3, 0.4, 0.5}, {0.5, 0.9, 0.6, 0.4}, {0.4, 0.5, 0.1, 0.9}};
  numbers out;
  for (const auto& place : where) {
    double sum = 0;
    for (std::size_t i = 0; i < 4; ++i) sum += square(x[i] - place[i]);
    out.push_back(std::sqrt(sum));
  }
  return out;
}

/// A rocket engine's injector (Vaidyanathan et al. 2003; RE37 of Tanabe & Ishibuchi 2020): two temperatures and a
/// length.
numbers injector(const numbers& x) {
  const double a = x[0], h = x[1], o = x[2], t = x[3];
  return {0.692 + 0.477 * a - 0.687 * h - 0.080 * o - 0.0650 * t - 0.167 * a * a - 0.0129 * h * a + 0.0796 * h * h -
              0.0634 * o * a - 0.0257 * o * h + 0.0877 * o * o - 0.0521 * t * a + 0.00156 * t * h + 0.00198 * t * o +
              0.0184 * t * t,
          0.153 - 0.322 * a + 0.396 * h + 0.424 * o + 0.0226 * t + 0.175 * a * a + 0.0185 * h * a - 0.0701 * h * h -
              0.251 * o * a + 0.179 * o * h + 0.0150 * o * o + 0.0134 * t * a + 0.0296 * t * h + 0.0752 * t * o +
              0.0192 * t * t,
          0.370 - 0.205 * a + 0.0307 * h + 0.108 * o + 1.019 * t - 0.135 * a * a + 0.0141 * h * a + 0.0998 * h * h +
              0.208 * o * a - 0.0301 * o * h - 0.226 * o * o + 0.353 * t * a - 0.0497 * t * o - 0.423 * t * t +
              0.202 * h * a * a - 0.281 * o * a * a - 0.342 * h * h * a - 0.245 * h * h * o + 0.281 * o * o * h -
              0.184 * t * t * a - 0.281 * h * a * o};
}

/// What an answer costs and how often it is wrong: a cache or an index, each with settings of its own.
numbers service(const numbers& v) {
  const double memory = std::log2(v[1]);
  if (v[0] == 0) return {1.2 - 0.1 * memory + 0.05 * square(v[2] - 3), 0.1 * memory + 0.3};
  const double depth = v[3] - 0.5 * memory;
  return {0.9 - 0.06 * memory + 0.01 * square(depth) + (v[4] == 1 ? 0 : 0.1), 0.12 * memory + 0.04 * v[3]};
}

}  // namespace

std::vector<problem> held_out_multi_problems() {
  std::vector<problem> out;
  auto add = [&](std::string name, std::vector<parameter> parameters, numbers (*f)(const numbers&), numbers worst,
                 double best) {
    std::vector<metric> metrics;
    for (std::size_t i = 0; i < worst.size(); ++i) metrics.push_back(minimize("f" + std::to_string(i)));
    out.push_back({std::move(name), "held out multi", experiment(std::move(parameters), std::move(metrics)),
                   [f](const assignments& x) { return f(x.values); }, best, std::move(worst)});
  };
  // ∫ 9 − (1 − f²) from the least f there is to 1, and the strip beyond
  add("zdt6 6-D", cube(6, 0, 1), zdt6, {1.1, 9}, 6.979753);
  add("dtlz7 5-D, 3 objectives", cube(5, 0, 1), dtlz7, {1.1, 1.1, 20}, 18.916);
  // What the quarter of a circle (c, c, s), c² = (1 − s²) / 2, dominates, slice by slice along s.
  add("dtlz5 7-D, 3 objectives", cube(7, 0, 1), dtlz5, {1.5, 1.5, 1.5},
      3.375 + 1.0 / 3 - 3 * pi / (4 * std::numbers::sqrt2));
  add("poloni 2-D", cube(2, -pi, pi), poloni, {30, 30}, 836.08);
  add("places 4-D, 4 objectives", cube(4, 0, 1), places, {0.9, 0.9, 0.9, 0.9}, 0.1743);
  add("injector 4-D, 3 objectives", cube(4, 0, 1), injector, {1, 1.1, 1.1}, 1.0511);
  add("service 5-D, conditional",
      {categorical("kind", {"cache", "index"}), logarithmic(real("memory", 1, 256)),
       when(real("age", 0, 10), "kind", {"cache"}), when(integer("depth", 0, 12), "kind", {"index"}),
       when(categorical("order", {"hash", "tree", "none"}), "kind", {"index"})},
      service, {1.2, 1.5}, 0.9163);
  add(
      "places 2-D, noisy", cube(2, -2, 2),
      [](const numbers& x) {
        return numbers{square(x[0]) + square(x[1]), square(x[0] - 0.8) + square(x[1] - 0.6)};
      },
      {2, 2}, 3 + 5.0 / 6);
  out.back().noise = 0.05;
  return out;
}

}  // namespace vilfredo::bench
