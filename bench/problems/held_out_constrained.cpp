#include <algorithm>
#include <cmath>
#include <numbers>

#include "bench/problems.hpp"
#include "bench/problems/functions.hpp"
#include "tests/support/builders.hpp"

// Values of a problem are its objectives, then its constraints; each constraint is written to be at most its limit.

namespace vilfredo::bench {

namespace {

using namespace vilfredo::test;
using std::numbers::pi;
using std::numbers::sqrt2;
using numbers = std::vector<double>;

// Of Runarsson & Yao 2000 and Liang et al. 2006, by their numbers there.

numbers g8(const numbers& x) {
  return {-std::pow(std::sin(2 * pi * x[0]), 3) * std::sin(2 * pi * x[1]) / (x[0] * x[0] * x[0] * (x[0] + x[1])),
          x[0] * x[0] - x[1] + 1, 1 - x[0] + square(x[1] - 4)};
}
numbers g9(const numbers& x) {
  const double a = x[0], b = x[1], c = x[2], d = x[3], e = x[4], f = x[5], g = x[6];
  return {square(a - 10) + 5 * square(b - 12) + std::pow(c, 4) + 3 * square(d - 11) + 10 * std::pow(e, 6) + 7 * f * f +
              std::pow(g, 4) - 4 * f * g - 10 * f - 8 * g,
          2 * a * a + 3 * std::pow(b, 4) + c + 4 * d * d + 5 * e - 127, 7 * a + 3 * b + 10 * c * c + d - e - 282,
          23 * a + b * b + 6 * f * f - 8 * g - 196, 4 * a * a + b * b - 3 * a * b + 2 * c * c + 5 * f - 11 * g};
}
numbers g24(const numbers& x) {
  const double a = x[0];
  return {-a - x[1], -2 * std::pow(a, 4) + 8 * std::pow(a, 3) - 8 * a * a + x[1] - 2,
          -4 * std::pow(a, 4) + 32 * std::pow(a, 3) - 88 * a * a + 96 * a + x[1] - 36};
}

/// A stepped cantilever of five hollow blocks (Chickermane & Gea 1996).
numbers cantilever(const numbers& x) {
  double sum = 0, bent = 0;
  constexpr double moments[] = {61, 37, 19, 7, 1};
  for (std::size_t i = 0; i < 5; ++i) {
    sum += x[i];
    bent += moments[i] / (x[i] * x[i] * x[i]);
  }
  return {0.0624 * sum, bent};
}

/// A truss of three bars (Nowacki 1973): volume; the stresses in its bars.
numbers three_bars(const numbers& x) {
  const double a = x[0], b = x[1], whole = sqrt2 * a * a + 2 * a * b;
  return {(2 * sqrt2 * a + b) * 100, 2 * (sqrt2 * a + b) / whole, 2 * b / whole, 2 / (a + sqrt2 * b)};
}

/// A truss of two bars (Deb, Pratap & Moitra 2000): volume and the greater stress, neither beyond what it may be.
numbers two_bars(const numbers& x) {
  const double volume = x[0] * std::sqrt(16 + x[2] * x[2]) + x[1] * std::sqrt(1 + x[2] * x[2]);
  const double first = 20 * std::sqrt(16 + x[2] * x[2]) / (x[2] * x[0]);
  const double second = 80 * std::sqrt(1 + x[2] * x[2]) / (x[2] * x[1]);
  return {volume, std::max(first, second), volume, std::max(first, second)};
}

/// Kita's problem (1996), turned into one to minimize.
numbers kita(const numbers& x) {
  return {x[0] * x[0] - x[1], -x[0] / 2 - x[1] - 1, x[0] / 6 + x[1] - 6.5, x[0] / 2 + x[1] - 7.5, 5 * x[0] + x[1] - 30};
}

/// MW1 (Ma & Wang 2019) in five numbers: pieces of a line, between walls.
numbers mw1(const numbers& x) {
  double g = 1;
  for (std::size_t i = 1; i < x.size(); ++i)
    g += 1 - std::exp(-10 * square(std::pow(x[i], static_cast<double>(x.size()) - 2) - 0.5 -
                                   static_cast<double>(i) / (2 * static_cast<double>(x.size()))));
  const double f = g * (1 - 0.85 * x[0] / g), along = sqrt2 * (f - x[0]);
  return {x[0], f, x[0] + f - 1 - 0.5 * std::pow(std::sin(2 * pi * along), 8)};
}

}  // namespace

std::vector<problem> held_out_constrained_problems() {
  std::vector<problem> out;
  auto add = [&](std::string name, std::vector<parameter> parameters, numbers (*f)(const numbers&), numbers limits,
                 double best, numbers worst = {}) {
    std::vector<metric> metrics;
    for (std::size_t i = 0; i < std::max<std::size_t>(1, worst.size()); ++i)
      metrics.push_back(minimize("f" + std::to_string(i)));
    for (std::size_t i = 0; i < limits.size(); ++i) metrics.push_back(keep_below("g" + std::to_string(i), limits[i]));
    out.push_back({std::move(name), "held out constrained", experiment(std::move(parameters), std::move(metrics)),
                   [f](const assignments& x) { return f(x.values); }, best, std::move(worst)});
  };
  add("g8 2-D", cube(2, 0.1, 10), g8, {0, 0}, -0.0958250414180359);
  add("g9 7-D", cube(7, -10, 10), g9, {0, 0, 0, 0}, 680.630057374402);
  add("g24 2-D", {real("x0", 0, 3), real("x1", 0, 4)}, g24, {0, 0}, -5.50801327159536);
  add("cantilever 5-D", cube(5, 0.01, 20), cantilever, {1}, 1.33995636);
  add("three bars 2-D", cube(2, 0.01, 1), three_bars, {2, 2, 2}, 263.89584338);
  // At its best a stress of s takes a volume of 400 / s.
  add("two bars 3-D, 2 objectives",
      {logarithmic(real("a", 1e-4, 0.02)), logarithmic(real("b", 1e-4, 0.02)), real("y", 1, 3)}, two_bars, {0.06, 1e5},
      5600 - 400 * std::log(15.0), {0.06, 1e5});
  add("kita 2-D, 2 objectives", cube(2, 0, 7), kita, {0, 0, 0}, 87.49, {10, -3});
  add("mw1 5-D, 2 objectives", cube(5, 0, 1), mw1, {0}, 0.8089, {1.2, 1.2});
  return out;
}

}  // namespace vilfredo::bench
