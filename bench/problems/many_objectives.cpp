#include <cmath>
#include <numbers>

#include "bench/problems.hpp"
#include "bench/problems/functions.hpp"
#include "tests/support/builders.hpp"

// Greatest hypervolumes are exact where the front is a formula. Those under constraints were looked for by nsga3: 2.764
// of the pieces and 15.63 of the car were found in 20 000 trials, 2.77 and 15.8 are taken.

namespace vilfredo::bench {

namespace {

using namespace vilfredo::test;
using std::numbers::pi;
using numbers = std::vector<double>;

/// The front of DTLZ1 (Deb et al. 2002) is where the objectives sum to ½, g being 0; g has hollows. Its waves are
/// slower here, so that a thousand trials can tell samplers apart.
numbers dtlz1(const numbers& x) {
  double g = 0;
  for (std::size_t i = 2; i < x.size(); ++i) g += square(x[i] - 0.5) + 0.1 * (1 - std::cos(6 * pi * (x[i] - 0.5)));
  g *= 4;
  return {0.5 * x[0] * x[1] * (1 + g), 0.5 * x[0] * (1 - x[1]) * (1 + g), 0.5 * (1 - x[0]) * (1 + g)};
}

/// DTLZ2 (Deb et al. 2002): the front is the part of the unit sphere where nothing is negative.
numbers dtlz2(const numbers& x, std::size_t objectives) {
  double g = 0;
  for (std::size_t i = objectives - 1; i < x.size(); ++i) g += square(x[i] - 0.5);
  numbers out(objectives, 1 + g);
  for (std::size_t j = 0; j < objectives; ++j) {
    for (std::size_t i = 0; i + j + 1 < objectives; ++i) out[j] *= std::cos(x[i] * pi / 2);
    if (j > 0) out[j] *= std::sin(x[objectives - 1 - j] * pi / 2);
  }
  return out;
}

/// DTLZ2 with four objectives of unlike units.
numbers scaled_dtlz2(const numbers& x) {
  auto out = dtlz2(x, 4);
  for (std::size_t j = 0; j < out.size(); ++j) out[j] *= std::pow(10, static_cast<double>(j));
  return out;
}

/// C2-DTLZ2 (Jain & Deb 2014): of the sphere only what is near its middle or a corner is allowed.
numbers pieces_of_dtlz2(const numbers& x) {
  constexpr double radius = 0.4;
  auto out = dtlz2(x, 3);
  double squares = 0, from_middle = 0, nearest = 1e9;
  for (double f : out) {
    squares += f * f;
    from_middle += square(f - 1 / std::numbers::sqrt3);
  }
  for (double f : out) nearest = std::min(nearest, square(f - 1) + squares - f * f);
  out.push_back(std::min(nearest, from_middle) - radius * radius);
  return out;
}

/// A car's side in a crash: weight, force, velocities, under ten limits (Jain & Deb 2014).
numbers car_side(const numbers& x) {
  const double a = x[0], b = x[1], c = x[2], d = x[3], e = x[4], f = x[5], g = x[6];
  const double weight = 1.98 + 4.9 * a + 6.67 * b + 6.98 * c + 4.01 * d + 1.78 * e + 1e-5 * f + 2.73 * g;
  const double force = 4.72 - 0.5 * d - 0.19 * b * c;
  const double pillar = 10.58 - 0.674 * a * b - 0.67275 * b;
  const double door = 16.45 - 0.489 * c * g - 0.843 * e * f;
  return {weight,
          force,
          (pillar + door) / 2,
          1.16 - 0.3717 * b * d - 0.0092928 * c,
          0.261 - 0.0159 * a * b - 0.06486 * a - 0.019 * b * g + 0.0144 * c * e + 0.0154464 * f,
          0.214 + 0.00817 * e - 0.045195 * a - 0.0135168 * a + 0.03099 * b * f - 0.018 * b * g + 0.007176 * c +
              0.023232 * c - 0.00364 * e * f - 0.018 * b * b,
          0.74 - 0.61 * b - 0.031296 * c - 0.031872 * g + 0.227 * b * b,
          28.98 + 3.818 * c - 4.2 * a * b + 1.27296 * f - 2.68065 * g,
          33.86 + 2.95 * c - 5.057 * a * b - 3.795 * b - 3.4431 * g + 1.45728,
          46.36 - 9.9 * b - 4.4505 * a,
          force,
          pillar,
          door};
}

}  // namespace

std::vector<problem> many_objective_problems() {
  std::vector<problem> out;
  auto add = [&](std::string name, std::vector<parameter> parameters, std::function<numbers(const numbers&)> f,
                 numbers worst, double best, const numbers& limits = {}) {
    std::vector<metric> metrics;
    for (std::size_t i = 0; i < worst.size(); ++i) metrics.push_back(minimize("f" + std::to_string(i)));
    for (std::size_t i = 0; i < limits.size(); ++i) metrics.push_back(keep_below("g" + std::to_string(i), limits[i]));
    out.push_back({std::move(name), limits.empty() ? "many" : "many constrained",
                   experiment(std::move(parameters), std::move(metrics)),
                   [f = std::move(f)](const assignments& x) { return f(x.values); }, best, std::move(worst)});
  };
  // All but the simplex of side ½, and all but a part of the unit ball: of three, four, five dimensions an eighth of
  // 4π/3, a sixteenth of π²/2, a thirty-second of 8π²/15.
  add("dtlz1 7-D, 3 objectives", cube(7, 0, 1), dtlz1, {1, 1, 1}, 1 - 1.0 / 48);
  add("dtlz2 8-D, 4 objectives", cube(8, 0, 1), scaled_dtlz2, {1.5, 15, 150, 1500},
      1e6 * (std::pow(1.5, 4) - pi * pi / 32));
  add(
      "dtlz2 8-D, 5 objectives", cube(8, 0, 1), [](const numbers& x) { return dtlz2(x, 5); }, {1.5, 1.5, 1.5, 1.5, 1.5},
      std::pow(1.5, 5) - pi * pi / 60);
  add("pieces of dtlz2 7-D, 3 objectives", cube(7, 0, 1), pieces_of_dtlz2, {1.5, 1.5, 1.5}, 2.77, {0});
  add("car side 7-D, 3 objectives",
      {real("a", 0.5, 1.5), real("b", 0.45, 1.35), real("c", 0.5, 1.5), real("d", 0.5, 1.5), real("e", 0.875, 2.625),
       real("f", 0.4, 1.2), real("g", 0.4, 1.2)},
      car_side, {43, 4.1, 13}, 15.8, {1, 0.32, 0.32, 0.32, 32, 32, 32, 4, 9.9, 15.7});
  return out;
}

}  // namespace vilfredo::bench
