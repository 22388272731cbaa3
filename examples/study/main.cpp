// Asks and tells inside one program: three parameters, one of which only one of two methods has.
#include <cmath>
#include <iostream>

#include <vilfredo/study.hpp>

using namespace vilfredo;

namespace {

definition two_methods() {
  parameter method;
  method.name = "method";
  method.type = parameter_type::categorical;
  method.categories = {"plain", "damped"};
  parameter rate;
  rate.name = "rate";
  rate.min = 1e-4;
  rate.max = 1;
  rate.scale = transformation::log;
  parameter damping;
  damping.name = "damping";
  damping.conditions = {{"method", {"damped"}}};
  metric error;
  error.name = "error";
  error.objective = objective::minimize;
  definition x;
  x.name = "two methods";
  x.space.parameters = {method, rate, damping};
  x.metrics = {error};
  x.observation_budget = 60;
  return x;
}

/// How far a damped oscillation is from its rest after a while.
double error_of(const study::suggestion& s) {
  const double rate = std::log10(s.point.values[1]) + 1.5;
  const bool damped = s.point.values[0] == 1;
  const double rest = damped ? std::abs(s.point.values[2] - 0.35) : 0.4;
  return 0.1 + rate * rate + rest;
}

}  // namespace

int main() {
  auto tuning = study::make(two_methods());
  if (!tuning) {
    std::cerr << tuning.error().message << '\n';
    return 1;
  }
  while (auto next = tuning->ask())
    if (auto told = tuning->tell(next->trial, {{"error", error_of(*next), {}}}); !told) {
      std::cerr << told.error().message << '\n';
      return 1;
    }
  for (const auto& [name, value] : tuning->book().space().name(tuning->best()->point))
    std::visit([&](const auto& v) { std::cout << name << " = " << v << '\n'; }, value);
  std::cout << "error " << tuning->best()->values[0] << " after " << tuning->book().observations().size()
            << " trials\n";
}
