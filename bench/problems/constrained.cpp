#include <algorithm>
#include <array>
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

numbers branin_in_disc(const numbers& x) { return {branin(x[0], x[1]), square(x[0] - 2.5) + square(x[1] - 7.5) - 50}; }

/// Waves of which only stripes are allowed (the first simulation of Gardner et al. 2014).
numbers stripes(const numbers& x) {
  return {std::cos(2 * x[0]) * std::cos(x[1]) + std::sin(x[0]), std::cos(x[0] + x[1])};
}

/// Himmelblau's problem with its five variables (1972).
numbers himmelblau(const numbers& x) {
  const double a = x[0], b = x[1], c = x[2], d = x[3], e = x[4];
  const double u = 85.334407 + 0.0056858 * b * e + 0.0006262 * a * d - 0.0022053 * c * e;
  const double v = 80.51249 + 0.0071317 * b * e + 0.0029955 * a * b + 0.0021813 * c * c;
  const double w = 9.300961 + 0.0047026 * c * e + 0.0012547 * a * c + 0.0019085 * c * d;
  return {5.3578547 * c * c + 0.8356891 * a * e + 37.293239 * a - 40792.141, u, v, w, -v, -w};
}

/// The cost of a welded beam (Rao 1996): weld height and length, bar height and thickness; stresses, bending, buckling.
numbers welded_beam(const numbers& x) {
  const double h = x[0], l = x[1], t = x[2], b = x[3];
  constexpr double load = 6000, length = 14, young = 30e6, shear = 12e6;
  const double arm = std::sqrt(l * l / 4 + square((h + t) / 2));
  const double inertia = 2 * sqrt2 * h * l * (l * l / 12 + square((h + t) / 2));
  const double direct = load / (sqrt2 * h * l), torsion = load * (length + l / 2) * arm / inertia;
  const double stress = std::sqrt(direct * direct + direct * torsion * l / arm + torsion * torsion);
  const double buckling =
      4.013 * young * t * b * b * b / 6 / square(length) * (1 - t / (2 * length) * std::sqrt(young / (4 * shear)));
  return {1.10471 * h * h * l + 0.04811 * t * b * (14 + l),
          stress,
          6 * load * length / (b * t * t),
          h - b,
          4 * load * length * length * length / (young * t * t * t * b),
          -buckling};
}

/// The weight of a coil spring (Arora 1989): wire, diameter, coils.
numbers spring(const numbers& x) {
  const double d = x[0], w = x[1], n = x[2];
  return {(n + 2) * w * d * d, 1 - w * w * w * n / (71'785 * std::pow(d, 4)),
          (4 * w * w - d * w) / (12'566 * (w * d * d * d - std::pow(d, 4))) + 1 / (5108 * d * d) - 1,
          1 - 140.45 * d / (w * w * n), (d + w) / 1.5 - 1};
}

/// The cost of a pressure vessel (Sandgren 1990); its two walls come in sixteenths of an inch.
numbers vessel(const numbers& x) {
  const double shell = x[0] / 16, head = x[1] / 16, r = x[2], l = x[3];
  return {0.6224 * shell * r * l + 1.7781 * head * r * r + 3.1661 * shell * shell * l + 19.84 * shell * shell * r,
          0.0193 * r - shell, 0.00954 * r - head, 1'296'000 - pi * r * r * l - 4.0 / 3 * pi * r * r * r};
}

/// The weight of a speed reducer (Golinski 1970): eleven constraints.
numbers reducer(const numbers& x) {
  const double b = x[0], m = x[1], z = x[2], l1 = x[3], l2 = x[4], d1 = x[5], d2 = x[6];
  return {0.7854 * b * m * m * (3.3333 * z * z + 14.9334 * z - 43.0934) - 1.508 * b * (d1 * d1 + d2 * d2) +
              7.4777 * (d1 * d1 * d1 + d2 * d2 * d2) + 0.7854 * (l1 * d1 * d1 + l2 * d2 * d2),
          27 / (b * m * m * z) - 1,
          397.5 / (b * m * m * z * z) - 1,
          1.93 * l1 * l1 * l1 / (m * z * std::pow(d1, 4)) - 1,
          1.93 * l2 * l2 * l2 / (m * z * std::pow(d2, 4)) - 1,
          std::sqrt(square(745 * l1 / (m * z)) + 16.9e6) / (110 * d1 * d1 * d1) - 1,
          std::sqrt(square(745 * l2 / (m * z)) + 157.5e6) / (85 * d2 * d2 * d2) - 1,
          m * z / 40 - 1,
          5 * m / b - 1,
          b / (12 * m) - 1,
          (1.5 * d1 + 1.9) / l1 - 1,
          (1.1 * d2 + 1.9) / l2 - 1};
}

// Of several objectives: Binh & Korn 1997, Srinivas & Deb 1994, Tanaka et al. 1995, Deb 2001, Osyczka & Kundu 1995,
// Jain & Deb 2014, Osyczka & Kundu 1995 (the brake, RE-type).

numbers binh(const numbers& x) {
  return {4 * (x[0] * x[0] + x[1] * x[1]), square(x[0] - 5) + square(x[1] - 5), square(x[0] - 5) + x[1] * x[1],
          -square(x[0] - 8) - square(x[1] + 3)};
}
numbers srinivas(const numbers& x) {
  return {2 + square(x[0] - 2) + square(x[1] - 1), 9 * x[0] - square(x[1] - 1), x[0] * x[0] + x[1] * x[1],
          x[0] - 3 * x[1] + 10};
}
numbers tanaka(const numbers& x) {
  const double angle = std::atan2(x[0], x[1]);
  return {x[0], x[1], 1 + 0.1 * std::cos(16 * angle) - x[0] * x[0] - x[1] * x[1],
          square(x[0] - 0.5) + square(x[1] - 0.5)};
}
numbers deb(const numbers& x) { return {x[0], (1 + x[1]) / x[0], 6 - x[1] - 9 * x[0], 1 + x[1] - 9 * x[0]}; }
numbers osyczka(const numbers& x) {
  double squares = 0;
  for (double v : x) squares += v * v;
  return {-25 * square(x[0] - 2) - square(x[1] - 2) - square(x[2] - 1) - square(x[3] - 4) - square(x[4] - 1),
          squares,
          2 - x[0] - x[1],
          x[0] + x[1] - 6,
          x[1] - x[0] - 2,
          x[0] - 3 * x[1] - 2,
          square(x[2] - 3) + x[3] - 4,
          4 - square(x[4] - 3) - x[5]};
}
/// Of the sphere's eighth only its corners and its middle are allowed.
numbers spots(const numbers& x) {
  double g = 0;
  for (std::size_t i = 2; i < x.size(); ++i) g += square(x[i] - 0.5);
  const double a = x[0] * pi / 2, b = x[1] * pi / 2;
  const std::array f{(1 + g) * std::cos(a) * std::cos(b), (1 + g) * std::cos(a) * std::sin(b), (1 + g) * std::sin(a)};
  double all = 0, middle = 0, nearest = 1e9;
  for (double v : f) {
    all += v * v;
    middle += square(v - 1 / std::numbers::sqrt3);
  }
  for (double v : f) nearest = std::min(nearest, all - v * v + square(v - 1));
  return {f[0], f[1], f[2], std::min(nearest, middle) - 0.16};
}
/// A disc brake: mass and stopping time.
numbers brake(const numbers& x) {
  const double r = x[0], outer = x[1], force = x[2], plates = x[3];
  const double ring = outer * outer - r * r, cubes = outer * outer * outer - r * r * r;
  return {4.9e-5 * ring * (plates - 1),
          9.82e6 * ring / (force * plates * cubes),
          20 - (outer - r),
          force / (3.14 * ring) - 0.4,
          2.22e-3 * force * cubes / (ring * ring) - 1,
          900 - 2.66e-2 * force * plates * cubes / ring};
}

}  // namespace

std::vector<problem> constrained_problems() {
  std::vector<problem> out;
  auto add = [&](std::string name, std::vector<parameter> parameters, numbers (*f)(const numbers&), numbers limits,
                 double best, numbers worst = {}) {
    std::vector<metric> metrics;
    for (std::size_t i = 0; i < std::max<std::size_t>(1, worst.size()); ++i)
      metrics.push_back(minimize("f" + std::to_string(i)));
    for (std::size_t i = 0; i < limits.size(); ++i) metrics.push_back(keep_below("g" + std::to_string(i), limits[i]));
    out.push_back({std::move(name), "constrained", experiment(std::move(parameters), std::move(metrics)),
                   [f](const assignments& x) { return f(x.values); }, best, std::move(worst)});
  };
  add("branin in a disc 2-D", {real("x", -5, 10), real("y", 0, 15)}, branin_in_disc, {0}, 0.39788735772973816);
  add("stripes 2-D", cube(2, 0, 6), stripes, {-0.5}, -1.88875132);
  add("himmelblau 5-D",
      {real("a", 78, 102), real("b", 33, 45), real("c", 27, 45), real("d", 27, 45), real("e", 27, 45)}, himmelblau,
      {92, 110, 25, -90, -20}, -30665.538671783);
  add("welded beam 4-D", {real("h", 0.1, 2), real("l", 0.1, 10), real("t", 0.1, 10), real("b", 0.1, 2)}, welded_beam,
      {13'600, 30'000, 0, 0.25, -6000}, 1.724852309);
  add("spring 3-D, log", {logarithmic(real("d", 0.05, 2)), real("w", 0.25, 1.3), real("n", 2, 15)}, spring,
      {0, 0, 0, 0}, 0.012665232788);
  add("vessel 4-D, ints", {integer("shell", 1, 99), integer("head", 1, 99), real("r", 10, 200), real("l", 10, 200)},
      vessel, {0, 0, 0}, 6059.714335);
  add("speed reducer 7-D",
      {real("b", 2.6, 3.6), real("m", 0.7, 0.8), integer("z", 17, 28), real("l1", 7.3, 8.3), real("l2", 7.3, 8.3),
       real("d1", 2.9, 3.9), real("d2", 5, 5.5)},
      reducer, numbers(11, 0.0), 2994.4710661);
  add("binh-korn 2-D, 2 objectives", {real("x", 0, 5), real("y", 0, 3)}, binh, {25, -7.7}, 5285.2, {140, 50});
  add("srinivas 2-D, 2 objectives", cube(2, -20, 20), srinivas, {225, 0}, 35'485, {250, 20});
  add("tanaka 2-D, 2 objectives", cube(2, 0, pi), tanaka, {0, 0.5}, 0.6547, {1.2, 1.2});
  add("deb 2-D, 2 objectives", {real("x", 0.1, 1), real("y", 0, 5)}, deb, {0, 0}, 4.5946, {1.1, 9});
  add("osyczka 6-D, 2 objectives",
      {real("a", 0, 10), real("b", 0, 10), real("c", 1, 5), real("d", 0, 6), real("e", 1, 5), real("f", 0, 10)},
      osyczka, numbers(6, 0.0), 16'665, {0, 80});
  add("spots 6-D, 3 objectives", cube(6, 0, 1), spots, {0}, 2.774, {1.5, 1.5, 1.5});
  add("disc brake 4-D, 2 objectives",
      {real("inner", 55, 80), real("outer", 75, 110), real("force", 1000, 3000), integer("plates", 2, 20)}, brake,
      {0, 0, 0, 0}, 47.146, {3, 20});
  return out;
}

}  // namespace vilfredo::bench
