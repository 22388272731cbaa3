#include <algorithm>
#include <cmath>

#include "io/api/best.hpp"
#include "io/api/body.hpp"
#include "io/api/query.hpp"
#include "io/api/reading.hpp"
#include "io/api/routes.hpp"

namespace vilfredo::api {

namespace {
using nlohmann::json;

json best_object(const definition& d, const space& domain, const observation& x) {
  json out{{"object", "best_assignments"},
           {"id", id_text(x.id.number)},
           {"assignments", assignments_object(domain, x.point)},
           {"values", values_list(d, x)},
           {"metadata", metadata_object(x.metadata)}};
  if (!d.tasks.empty()) out["task"] = task_object(d, x.task)["name"];
  return out;
}

task<json> best(call& c) {
  auto id = c.experiment();
  co_return co_await c.look(id, [](const ledger& book) {
    json data = json::array();
    for (const auto* x : best_of(book)) data.push_back(best_object(book.definition(), book.space(), *x));
    auto n = data.size();
    auto out = pagination(n, std::move(data));
    if (metrics_with(book.definition(), strategy::optimize).size() > 1)
      if (auto volume = book.summary().hypervolume(); std::isfinite(volume)) out["hypervolume"] = volume;
    return out;
  });
}

/// Whether the best was not improved for so long that it hardly will be.
bool stagnates(const ledger& book) {
  const auto& d = book.definition();
  const auto n = book.observations().size();
  const auto window = 5 * book.space().size();
  auto optimized = metrics_with(d, strategy::optimize);
  if (n < window + 5 || optimized.empty()) return false;
  if (optimized.size() > 1 || d.num_solutions > 1)
    return d.observation_budget && book.consumed() > static_cast<double>(*d.observation_budget) &&
           book.summary().since_improvement() >= window;
  auto i = optimized.front();
  double sign = d.metrics[i].objective == objective::maximize ? 1 : -1;
  std::vector<double> before;
  double recent = -std::numeric_limits<double>::infinity();
  for (std::size_t k = 0; k < n; ++k) {
    const auto& x = book.observations()[k];
    double value =
        x.failed() || std::isnan(x.values[i]) ? -std::numeric_limits<double>::infinity() : sign * x.values[i];
    if (k < n - window)
      before.push_back(value);
    else
      recent = std::max(recent, value);
  }
  std::ranges::nth_element(before, before.begin() + 4, std::greater{});
  return before[4] >= recent;
}

task<json> stopping_criteria(call& c) {
  auto id = c.experiment();
  co_return co_await c.look(id, [](const ledger& book) {
    json reasons = json::array();
    const auto& d = book.definition();
    if (d.observation_budget && book.observations().size() > *d.observation_budget)
      reasons.push_back("observation_budget_reached");
    if (stagnates(book)) reasons.push_back("possible_stagnation");
    // Ours, by `stop_when`.
    if (book.state() == experiment_state::stopped) reasons.push_back("stopped: " + book.stop_reason());
    bool any = !reasons.empty();
    return json{{"object", "stopping_criteria"}, {"should_stop", any}, {"reasons", std::move(reasons)}};
  });
}

task<json> metric_importances(call& c) {
  auto id = c.experiment();
  const bool pairs = query_boolean(c.request, "pairs").value_or(false);
  struct material {
    std::shared_ptr<const definition> what;
    std::shared_ptr<const space> domain;
    history seen;
    std::uint64_t completed;
  };
  auto m = co_await c.look(id, [](const ledger& book) {
    return material{book.shared_definition(), book.shared_space(), book.observations(), book.summary().completed()};
  });
  const auto& parameters = m.what->space.parameters;
  if (!m.what->space.conditionals.empty())
    throw refusal{422, "Importances are not available for experiments with conditionals"};
  if (parameters.size() > 1 && m.completed < 5 * parameters.size())
    throw refusal{422, "Importances need " + std::to_string(5 * parameters.size()) + " observations, there are " +
                           std::to_string(m.completed)};
  std::vector<std::size_t> order(m.what->metrics.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::ranges::sort(order, {}, [&](std::size_t i) { return m.what->metrics[i].name; });
  json data = json::array();
  for (auto i : order) {
    json shares = json::object();
    if (parameters.size() == 1) {
      shares[parameters[0].name] = 1;
    } else {
      auto found = c.house.importances(*m.what, *m.domain, m.seen, i);
      for (std::size_t k = 0; k < parameters.size(); ++k) shares[parameters[k].name] = found[k];
    }
    auto name = m.what->labels.contains(label::unnamed) ? json() : json(m.what->metrics[i].name);
    data.push_back({{"object", "metric_importances"}, {"metric", name}, {"importances", std::move(shares)}});
    if (!pairs) continue;
    auto& list = data.back()["pairs"] = json::array();
    for (const auto& x : c.house.pair_importances(*m.what, *m.domain, m.seen, i))
      list.push_back({{"object", "pair_importance"},
                      {"parameters", {parameters[x.first].name, parameters[x.second].name}},
                      {"together", x.together}});
  }
  auto n = data.size();
  co_return pagination(n, std::move(data));
}

task<json> forget(call& c) {
  co_await view(c, c.experiment());
  co_return json::object();
}

}  // namespace

std::vector<route> result_routes() {
  using enum permission;
  return {
      {"GET", "/experiments/:id/best_assignments", best,
       "The best observation, the Pareto front, or all that meet the thresholds", read, true},
      {"GET", "/experiments/:id/stopping_criteria", stopping_criteria, "Whether to go on", read, true},
      {"GET", "/experiments/:id/metric_importances", metric_importances, "How much each parameter decides", read, true},
      {"PUT", "/experiments/:id/metric_importances", metric_importances, "The same; they are never out of date", write},
      {"DELETE", "/experiments/:id/hyperparameters", forget, "Accepted; models are fitted anew with each change",
       write},
  };
}

}  // namespace vilfredo::api
