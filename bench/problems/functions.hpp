#pragma once
#include <string>
#include <vector>

#include "core/space.hpp"

/// Functions that several problems are made of.
namespace vilfredo::bench {

inline double square(double x) { return x * x; }
double branin(double x, double y);
double currin(double x, double y);
double hartmann6(const std::vector<double>& x);
/// Of any number of dimensions, 0 at best: where all coordinates are `top`, or 1.
double ackley(const std::vector<double>& x, double top);
double rosenbrock(const std::vector<double>& x);
double levy(const std::vector<double>& x);

/// n numbers x0, x1, … between `min` and `max`.
std::vector<parameter> cube(std::size_t n, double min, double max);

}  // namespace vilfredo::bench
