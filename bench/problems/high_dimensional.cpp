#include <algorithm>
#include <cmath>
#include <numbers>

#include "bench/problems.hpp"
#include "bench/problems/functions.hpp"
#include "core/random.hpp"
#include "tests/support/builders.hpp"

namespace vilfredo::bench {

namespace {

using namespace vilfredo::test;
using std::numbers::pi;
using function = std::function<double(const std::vector<double>&)>;

/// Where the optimum lies along each coordinate of [0, 1]ᵈ: anywhere but at the bounds.
std::vector<double> hidden_place(std::size_t d, std::uint64_t seed) {
  random_source random(seed);
  std::vector<double> out(d);
  for (double& v : out) v = 0.15 + 0.7 * random.uniform();
  return out;
}

/// f has its optimum at `top` in every coordinate; here it lies at a hidden place of a cube that is `width` wide.
problem hidden(const std::string& name, std::size_t d, double width, double top, const function& f,
               std::uint64_t seed) {
  const auto place = hidden_place(d, seed);
  return {name, "high", experiment(cube(d, 0, 1), {minimize("f")}),
          [=](const assignments& x) {
            std::vector<double> v(d);
            for (std::size_t i = 0; i < d; ++i) v[i] = top + width * (x.values[i] - place[i]);
            return std::vector{f(v)};
          },
          0};
}

double rastrigin(const std::vector<double>& x) {
  double sum = 0;
  for (double v : x) sum += v * v + 10 - 10 * std::cos(2 * pi * v);
  return sum;
}

double ellipsoid(const std::vector<double>& x) {
  double sum = 0;
  for (std::size_t i = 0; i < x.size(); ++i)
    sum += std::pow(1000, static_cast<double>(i) / static_cast<double>(x.size() - 1)) * square(x[i]);
  return sum;
}

/// A path through 30 free points of the plane, from one corner to the other past round obstacles: what it costs is its
/// length where it is free and twenty times as much inside of one (after Wang et al. 2018, whose path is a spline).
double rover(const std::vector<double>& x) {
  constexpr double centres[][2] = {{0.25, 0.2},  {0.45, 0.5},  {0.2, 0.6},  {0.7, 0.35},
                                   {0.65, 0.75}, {0.85, 0.55}, {0.4, 0.85}, {0.9, 0.85}};
  constexpr double radius = 0.11, start = 0.05, goal = 0.95;
  double cost = 0, px = start, py = start;
  for (std::size_t k = 0; k <= x.size() / 2; ++k) {
    const bool last = 2 * k == x.size();
    const double qx = last ? goal : x[2 * k], qy = last ? goal : x[2 * k + 1];
    constexpr int parts = 8;
    for (int i = 0; i < parts; ++i) {
      const double t = (i + 0.5) / parts, at_x = std::lerp(px, qx, t), at_y = std::lerp(py, qy, t);
      double price = 1;
      for (const auto& c : centres)
        if (std::hypot(at_x - c[0], at_y - c[1]) < radius) price = 20;
      cost += price * std::hypot(qx - px, qy - py) / parts;
    }
    px = qx;
    py = qy;
  }
  return cost;
}

/// Layers of a network that is tuned layer by layer: numbers on both scales, sizes and kinds.
problem layers() {
  std::vector<parameter> parameters;
  for (int k = 0; k < 8; ++k) {
    const auto layer = std::to_string(k);
    parameters.push_back(logarithmic(real("rate" + layer, 1e-5, 1)));
    parameters.push_back(integer("width" + layer, 1, 64));
    parameters.push_back(categorical("kind" + layer, {"a", "b", "c"}));
  }
  const auto place = hidden_place(24, 77);
  return {"layers 24-D, mixed", "high", experiment(parameters, {minimize("f")}),
          [=](const assignments& x) {
            double sum = 0, carried = 0;
            for (std::size_t k = 0; k < 8; ++k) {
              const double rate = (std::log10(x.values[3 * k]) + 5) / 5 - place[3 * k];
              const double width = std::abs(x.values[3 * k + 1] - std::round(1 + 63 * place[3 * k + 1])) / 63;
              const double kind = x.values[3 * k + 2] == std::floor(3 * place[3 * k + 2]) ? 0 : 0.15;
              sum += square(rate) + width + kind + carried * std::abs(rate);
              carried = width;
            }
            return std::vector{sum};
          },
          0};
}

/// Ackley's function within a ball and on one side of a plane through its middle (Eriksson & Poloczek 2021).
problem ackley_in_a_ball() {
  const auto place = hidden_place(24, 8);
  return {"ackley 24-D, 2 constraints", "high constrained",
          experiment(cube(24, 0, 1), {minimize("f"), keep_below("side", 0), keep_below("radius", 5)}),
          [=](const assignments& x) {
            std::vector<double> v;
            double sum = 0, length = 0;
            for (std::size_t i = 0; i < place.size(); ++i) {
              v.push_back(15 * (x.values[i] - place[i]));
              sum += v.back();
              length += square(v.back());
            }
            return std::vector{ackley(v, 0), sum, std::sqrt(length)};
          },
          0};
}

/// The least of Σ c v² where Σ v must reach a height lies on the border, at v = height / (c Σ 1/c).
problem ellipsoid_beside_a_plane() {
  constexpr std::size_t d = 40;
  constexpr double height = 3;
  const auto place = hidden_place(d, 9);
  std::vector<double> weights;
  double inverse = 0;
  for (std::size_t i = 0; i < d; ++i) {
    weights.push_back(std::pow(1000, static_cast<double>(i) / (d - 1)));
    inverse += 1 / weights.back();
  }
  return {"ellipsoid 40-D, a constraint", "high constrained",
          experiment(cube(d, 0, 1), {minimize("f"), keep_below("short", 0)}),
          [=](const assignments& x) {
            double sum = 0, reached = 0;
            for (std::size_t i = 0; i < d; ++i) {
              const double v = 4 * (x.values[i] - place[i]);
              sum += weights[i] * square(v);
              reached += v;
            }
            return std::vector{sum, height - reached};
          },
          square(height) / inverse};
}

/// Square distances from two places, of which the front is the line between them. What is not dominated up to their
/// distance D is ∫ (√D − √f)² from 0 to D, a sixth of D².
problem two_places(std::size_t d, const std::string& name) {
  const auto a = hidden_place(d, 10), b = hidden_place(d, 11);
  auto distance = [=](const std::vector<double>& x, const std::vector<double>& from) {
    double sum = 0;
    for (std::size_t i = 0; i < d; ++i) sum += square(x[i] - from[i]);
    return sum;
  };
  const double apart = distance(a, b);
  return {name,
          "high multi",
          experiment(cube(d, 0, 1), {minimize("f"), minimize("g")}),
          [=](const assignments& x) {
            return std::vector{distance(x.values, a), distance(x.values, b)};
          },
          square(apart) * (4 - 1.0 / 6),
          {2 * apart, 2 * apart}};
}

/// ZDT2 whose other coordinates are best at a hidden place: ∫ 4 − (1 − f²) from 0 to 1, and the strip to 1.1.
problem hidden_zdt2() {
  const auto place = hidden_place(30, 12);
  return {"zdt2 30-D, hidden",
          "high multi",
          experiment(cube(30, 0, 1), {minimize("f"), minimize("g")}),
          [=](const assignments& x) {
            double rest = 0;
            for (std::size_t i = 1; i < place.size(); ++i) rest += std::abs(x.values[i] - place[i]);
            const double g = 1 + 9 * rest / static_cast<double>(place.size() - 1), f = x.values[0];
            return std::vector{f, g * (1 - square(f / g))};
          },
          3 + 1.0 / 3 + 0.4,
          {1.1, 4}};
}

}  // namespace

std::vector<problem> high_dimensional_problems() {
  std::vector<problem> out;
  const function centred_ackley = [](const std::vector<double>& x) { return ackley(x, 0); };
  out.push_back(hidden("ackley 20-D", 20, 20, 0, centred_ackley, 1));
  out.push_back(hidden("rosenbrock 20-D", 20, 6, 1, rosenbrock, 2));
  out.push_back(hidden("levy 20-D", 20, 20, 1, levy, 3));
  out.push_back(hidden("rastrigin 30-D", 30, 8, 0, rastrigin, 4));
  out.push_back(hidden("ellipsoid 40-D", 40, 4, 0, ellipsoid, 5));
  {
    const auto place = hidden_place(50, 6);
    constexpr double optimum[] = {0.20169, 0.150011, 0.476874, 0.275332, 0.311652, 0.6573};
    out.push_back({"hartmann 6-D of 50", "high", experiment(cube(50, 0, 1), {minimize("f")}),
                   [=](const assignments& x) {
                     std::vector<double> v;
                     for (std::size_t i = 0; i < 6; ++i)
                       v.push_back(std::clamp(optimum[i] + x.values[8 * i] - place[i], 0.0, 1.0));
                     return std::vector{hartmann6(v)};
                   },
                   -3.32237});
  }
  out.push_back({"rover 60-D", "high", experiment(cube(60, 0, 1), {minimize("f")}),
                 [](const assignments& x) { return std::vector{rover(x.values)}; }, 1.3});
  out.push_back(layers());
  out.push_back(ackley_in_a_ball());
  out.push_back(ellipsoid_beside_a_plane());
  out.push_back(two_places(30, "places 30-D, 2 objectives"));
  out.push_back(hidden_zdt2());
  return out;
}

}  // namespace vilfredo::bench
