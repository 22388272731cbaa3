#pragma once
#include <cmath>
#include <string>

#include "core/definition.hpp"
#include "core/random.hpp"

namespace vilfredo::tests {

/// A text with letters of many scripts, and what JSON must escape.
inline std::string random_words(random_source& random) {
  static constexpr const char* pieces[] = {"a",  "Z", "0", "ß",  "€", "😀", "\"",
                                           "\\", "/", " ", "名", "{", "'", "\u2028"};
  std::string out;
  for (auto n = random.below(6); n > 0; --n) out += pieces[random.below(std::size(pieces))];
  return out;
}

inline double random_double(random_source& random) {
  switch (random.below(6)) {
  case 0: return 0;
  case 1: return static_cast<double>(random.below(2000)) - 1000;
  case 2: return random.uniform();
  case 3: return random.normal() * 1e300;
  case 4: return random.normal() * 1e-310;
  default: return random.normal();
  }
}

/// A definition that makes sense and has something of everything; objects in order of name, as reading gives them.
inline definition random_definition(random_source& random) {
  auto maybe = [&] { return random.below(2) == 0; };
  definition out;
  out.name = "n" + random_words(random);
  out.space.conditionals.push_back({"which", {"this", "th\"at", "other"}});
  for (std::uint64_t i = 0, n = 1 + random.below(8); i < n; ++i) {
    parameter p;
    p.name = "p" + std::to_string(i) + (maybe() ? "ö" : "");
    switch (random.below(3)) {
    case 0: {
      p.type = parameter_type::categorical;
      p.categories = {"red", "grün", "1", "a\\b"};
      if (maybe()) p.default_value = p.categories[random.below(4)];
      break;
    }
    case 1: {
      p.type = parameter_type::integer;
      p.min = static_cast<double>(random.below(10)) + 1;
      p.max = p.min + static_cast<double>(random.below(1000));
      if (maybe()) p.default_value = static_cast<std::int64_t>(p.min);
      break;
    }
    default: {
      p.min = random_double(random);
      p.max = std::abs(random_double(random)) + p.min + 1;
      if (maybe()) p.default_value = p.min;
      if (maybe()) p.prior = normal_prior{p.min, 0.5};
    }
    }
    if (p.type != parameter_type::categorical && maybe()) {
      p.grid = {p.min, p.max + 1, p.max + 2 + std::abs(p.max)};
      p.max = p.grid.back();
    }
    if (p.type != parameter_type::categorical && p.min > 0 && maybe()) p.scale = transformation::log;
    if (maybe())
      p.conditions.push_back(
          {"which", maybe() ? std::vector<std::string>{"this"} : std::vector<std::string>{"th\"at", "this"}});
    out.space.parameters.push_back(std::move(p));
  }
  for (const char* name : {"w", "v"}) {
    parameter p;
    p.name = name;
    p.default_value = 0.25;
    if (maybe()) p.prior = beta_prior{0.5 + random.uniform(), 2};
    out.space.parameters.push_back(std::move(p));
  }
  if (maybe()) {
    auto relation = maybe() ? linear_constraint::relation::less_than : linear_constraint::relation::greater_than;
    out.space.linear_constraints.push_back({relation, 0.5, {{"w", 1}, {"v", 0.5 + random.uniform()}}});
    if (relation == linear_constraint::relation::greater_than) out.space.linear_constraints[0].threshold = 0.125;
  }
  out.metrics = {{"quality", objective::maximize, strategy::optimize, std::nullopt},
                 {"größe", objective::minimize, strategy::optimize, random_double(random)},
                 {"limit", objective::minimize, strategy::constraint, random_double(random)},
                 {"kept", objective::maximize, strategy::store, std::nullopt}};
  if (maybe()) out.observation_budget = 1 + random.below(1000);
  if (out.observation_budget && maybe()) {
    out.metrics.erase(out.metrics.begin());
    if (maybe()) {
      std::erase_if(out.metrics, [](const metric& m) { return m.strategy == strategy::constraint; });
      out.tasks = {{"a" + random_words(random), 1}, {"b" + random_words(random), 0.5 * (1 - random.uniform())}};
    } else if (out.space.parameters.size() > 2) {
      out.num_solutions = static_cast<std::uint32_t>(1 + random.below(*out.observation_budget));
    }
  }
  auto optimized = out.metrics[0].name;
  out.parallel_bandwidth = static_cast<std::uint32_t>(1 + random.below(100));
  out.type = static_cast<experiment_type>(random.below(3));
  if (maybe())
    out.sampler = {"s" + random_words(random),
                   {{"flag", true}, {"share", random_double(random)}, {"word", random_words(random)}}};
  if (maybe())
    out.early_stopping = {{{"a" + random_words(random), {{"share", random_double(random)}}}},
                          {{"b", {}}, {"c", {{"flag", true}, {"word", random_words(random)}}}}};
  if (maybe()) out.stop_when.seconds = 1 + random.uniform();
  if (maybe()) out.stop_when.failed = 1 + random.below(9);
  if (maybe())
    out.stop_when.stagnation = 1 + random.below(9);
  else if (maybe())
    out.stop_when.improbable = {1 + random.below(99), 0.5 * (1 - random.uniform())};
  if (maybe()) out.stop_when.steps = 1 + random.uniform() * 1e6;
  if (maybe()) out.stop_when.cost = {{"kept", 1 - random.uniform()}, {"größe", 1e300}};
  if (maybe()) out.stop_when.target = {{optimized, random_double(random)}, {"größe", random_double(random)}};
  out.seed = random.bits();
  if (maybe()) {
    run_definition run;
    run.command = {"program", "--w", "{w}", random_words(random), ""};
    run.directory = random_words(random);
    run.environment = {{"A", random_words(random)}, {"B", ""}};
    if (maybe()) run.timeout_seconds = random.uniform() * 1e6;
    if (maybe()) run.grace_seconds = random.uniform();
    run.retries = static_cast<std::uint32_t>(random.below(5));
    run.resources = {static_cast<std::uint32_t>(random.below(9)), static_cast<std::uint32_t>(random.below(9)),
                     random.below(1 << 20)};
    out.run = std::move(run);
  }
  if (maybe()) out.metadata = {{"k" + random_words(random), random_words(random)}, {"number", random_double(random)}};
  if (maybe()) out.strict_budget = false;
  if (maybe()) out.labels = {{"project", random_words(random)}, {"größe", ""}};
  return out;
}

}  // namespace vilfredo::tests
