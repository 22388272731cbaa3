#pragma once
#include <cstdlib>
#include <iostream>
#include <string>
#include <utility>
#include <vector>

#include "core/definition.hpp"
#include "core/space.hpp"

/// Test data in one line each.
namespace vilfredo::test {

inline parameter real(std::string name, double min, double max) {
  parameter p;
  p.name = std::move(name);
  p.min = min;
  p.max = max;
  return p;
}
inline parameter integer(std::string name, double min, double max) {
  auto p = real(std::move(name), min, max);
  p.type = parameter_type::integer;
  return p;
}
inline parameter categorical(std::string name, std::vector<std::string> values) {
  parameter p;
  p.name = std::move(name);
  p.type = parameter_type::categorical;
  p.categories = std::move(values);
  return p;
}
inline parameter on_grid(std::string name, std::vector<double> grid, parameter_type type = parameter_type::real) {
  parameter p;
  p.name = std::move(name);
  p.type = type;
  p.grid = std::move(grid);
  return p;
}
inline parameter logarithmic(parameter p) {
  p.scale = transformation::log;
  return p;
}
inline parameter when(parameter p, std::string name, std::vector<std::string> values) {
  p.conditions.push_back({std::move(name), std::move(values)});
  return p;
}
inline parameter with_default(parameter p, parameter_value value) {
  p.default_value = std::move(value);
  return p;
}

/// Σ weight · parameter ≤ (or ≥) threshold.
inline linear_constraint at_most(double threshold, std::vector<linear_constraint::term> terms) {
  return {linear_constraint::relation::less_than, threshold, std::move(terms)};
}
inline linear_constraint at_least(double threshold, std::vector<linear_constraint::term> terms) {
  return {linear_constraint::relation::greater_than, threshold, std::move(terms)};
}

inline metric maximize(std::string name, std::optional<double> threshold = std::nullopt) {
  return {std::move(name), objective::maximize, strategy::optimize, threshold};
}
inline metric minimize(std::string name, std::optional<double> threshold = std::nullopt) {
  return {std::move(name), objective::minimize, strategy::optimize, threshold};
}
inline metric keep_below(std::string name, double threshold) {
  return {std::move(name), objective::minimize, strategy::constraint, threshold};
}
inline metric store(std::string name) { return {std::move(name), objective::maximize, strategy::store, std::nullopt}; }

/// The value of a result that must be one; its error, in words, ends the test program otherwise.
template <class T>
T must(result<T> x) {
  if (!x) {
    std::cerr << "unexpected refusal: " << x.error().message << "\n";
    std::abort();
  }
  return *std::move(x);
}

inline space space_of(std::vector<parameter> parameters, std::vector<linear_constraint> constraints = {},
                      std::vector<conditional> conditionals = {}) {
  return must(space::make({std::move(parameters), std::move(conditionals), std::move(constraints)}));
}

inline definition experiment(std::vector<parameter> parameters, std::vector<metric> metrics) {
  definition d;
  d.name = "test";
  d.space.parameters = std::move(parameters);
  d.metrics = std::move(metrics);
  return d;
}
/// One real parameter "x" in [0, 1] and one metric "y" to minimize.
inline definition simple_experiment() { return experiment({real("x", 0, 1)}, {minimize("y")}); }

}  // namespace vilfredo::test
