#include <algorithm>

#include "io/api/access.hpp"
#include "io/api/body.hpp"
#include "io/api/listing.hpp"
#include "io/api/query.hpp"
#include "io/api/reach.hpp"
#include "io/api/reading.hpp"
#include "io/api/routes.hpp"
#include "io/api/run_removal.hpp"

namespace vilfredo::api {

namespace {
using nlohmann::json;

json shown(const call& c, const experiment_view& x) {
  return x.has(label::runs_only) ? ai_object(c, x) : experiment_object(x);
}

/// The id only, by the house; then as everybody sees it.
task<json> created(call& c, definition what) {
  if (c.who.for_development()) what.labels[label::development] = "yes";
  auto said = what.labels.find(label::project);
  auto project = own_project(c.who, said == what.labels.end() ? std::string{} : said->second);
  if (!project.empty()) {
    co_await check_project(c, project);
    what.labels[label::project] = project;
  }
  auto shared = std::make_shared<const definition>(std::move(what));
  auto id = co_await create_once(c, std::move(shared));
  co_return shown(c, co_await view(c, id));
}

task<json> create(call& c) { return created(c, read_experiment(c.body, experiment_kind::core)); }

task<json> get(call& c) {
  auto x = co_await view(c, c.experiment());
  if (x.has(label::runs_only)) {
    auto where = "/v1/aiexperiments/" + id_text(x.id.number);
    throw refusal{301, "This is an AI experiment", {{"location", where}}};
  }
  co_return experiment_object(x);
}

/// A project shows when it has changed last, which an experiment that leaves it no longer tells.
task<json> left(call& c, std::string project) {
  document_query query{"project", std::move(project)};
  auto found = co_await c.find(query);
  if (found.empty()) co_return nullptr;
  const auto& x = found.front();
  std::vector<document_change> changes{{"project", x.key, x.version, x.body, c.house.now()}};
  try {
    co_await c.keep(std::move(changes));
  } catch (const refusal& why) {
    if (why.status != 409) throw;  // changed meanwhile, which says the same
  }
  co_return nullptr;
}

task<json> update(call& c) {
  auto id = c.experiment();
  auto now = co_await view(c, id);
  auto changes = read_update(c.body, *now.what);
  auto project = changes.labels.find(label::project);
  if (project != changes.labels.end() && c.who.project && project->second != c.who.project)
    beyond_project(*c.who.project);
  if (project != changes.labels.end() && project->second) co_await check_project(c, *project->second);
  const bool moves = project != changes.labels.end();
  co_await change_experiment(c, now, std::move(changes));
  if (auto before = now.what->labels.find(label::project); moves && before != now.what->labels.end())
    co_await left(c, before->second);
  co_return shown(c, co_await view(c, id));
}

task<json> remove(call& c) {
  auto id = c.experiment();
  const bool runs = query_boolean(c.request, "include_runs").value_or(false);
  auto now = co_await view(c, id);
  if (!now.archived) co_await c.carry_out(id, archive{}, c.request_id());
  if (runs) co_await remove_runs_of(c, id);
  co_return json::object();
}

task<json> pause_it(call& c) {
  auto id = c.experiment();
  co_await c.carry_out(id, pause{}, c.request_id());
  co_return shown(c, co_await view(c, id));
}

task<json> resume_it(call& c) {
  auto id = c.experiment();
  co_await c.carry_out(id, resume{}, c.request_id());
  co_return shown(c, co_await view(c, id));
}

struct filter {
  std::string state, search, sort;
  std::optional<std::int64_t> from, to;
  std::optional<bool> development;
  bool ai = false;
  bool nobodys = false;  ///< of a user that there is not
};

filter read_filter(const http::request& r) {
  filter out;
  out.state = query_text(r, "state").value_or("active");
  if (out.state != "active" && out.state != "deleted" && out.state != "all")
    throw refusal{400, "state: \"" + out.state + "\" is not one of the allowed values: active, deleted, all"};
  out.sort = query_text(r, "sort").value_or("id");
  if (out.sort != "id" && out.sort != "recent")
    throw refusal{400, "sort: \"" + out.sort + "\" is not one of the allowed values: id, recent"};
  out.search = lower_case(query_text(r, "search").value_or(""));
  out.from = query_integer(r, "period_start");
  out.to = query_integer(r, "period_end");
  if (out.from && out.to && *out.from > *out.to) throw refusal{400, "period_start is after period_end"};
  out.development = query_boolean(r, "development");
  out.ai = query_boolean(r, "include_ai").value_or(false);
  if (auto user = query_text(r, "user"); user && *user != "1") out.nobodys = true;
  return out;
}

bool wanted(const filter& f, const experiment_view& x) {
  if (f.nobodys || (!f.ai && x.has(label::runs_only))) return false;
  if (f.state != "all" && (f.state == "deleted") != x.archived) return false;
  if (f.development && *f.development != x.has(label::development)) return false;
  if (f.from && seconds(x.created) < *f.from) return false;
  if (f.to && seconds(x.created) >= *f.to) return false;
  return f.search.empty() || lower_case(x.what->name).find(f.search) != std::string::npos;
}

task<json> list(call& c) {
  auto f = read_filter(c.request);
  auto wanted_page = read_page(c.request, f.sort == "id" ? 1 : 2);
  keyed<experiment_view> listed;
  auto all = co_await all_views(c);
  for (auto& x : all) {
    if (!wanted(f, x)) continue;
    auto key = id_key(x.id.number);
    if (f.sort == "recent") key.insert(key.begin(), seconds(x.updated));
    listed.emplace_back(std::move(key), std::move(x));
  }
  co_return listing(std::move(listed), wanted_page, [&c](const experiment_view& x) { return shown(c, x); });
}

task<json> list_of_client(call& c) {
  check_client(c);
  co_return co_await list(c);
}
task<json> create_for_client(call& c) {
  check_client(c);
  co_return co_await create(c);
}

task<json> best_practices(call& c) {
  auto id = c.experiment();
  struct counts {
    experiment_view x;
    std::size_t open = 0;
  };
  auto seen = co_await c.look(id, [id](const ledger& book) {
    return counts{view_of(id, book), book.count(trial_state::running) + book.count(trial_state::returned)};
  });
  json violations = json::array();
  const auto& d = *seen.x.what;
  if (d.observation_budget && seen.x.consumed > static_cast<double>(*d.observation_budget))
    violations.push_back("The number of observations is above the observation_budget");
  if (seen.open > std::max(1u, d.parallel_bandwidth))
    violations.push_back("There are more open suggestions than the parallel_bandwidth");
  if (d.space.linear_constraints.size() > 10) violations.push_back("There are more than 10 linear_constraints");
  co_return json{{"object", "best_practices"}, {"violations", std::move(violations)}};
}

}  // namespace

std::vector<route> experiment_routes() {
  using enum permission;
  return {
      {"POST", "/experiments", create, "Create an experiment", write},
      {"POST", "/clients/:id/experiments", create_for_client, "Create an experiment", write},
      {"GET", "/experiments", list, "List experiments", read},
      {"GET", "/clients/:id/experiments", list_of_client, "List experiments", read},
      {"GET", "/users/:id/experiments", list_of_client, "List experiments", read},
      {"GET", "/experiments/:id", get, "Show an experiment", read, true},
      {"PUT", "/experiments/:id", update, "Change an experiment", write},
      {"DELETE", "/experiments/:id", remove, "Delete an experiment; it can be brought back", write},
      {"POST", "/experiments/:id/pause", pause_it, "Let it hand out nothing until it is resumed", write},
      {"POST", "/experiments/:id/resume", resume_it, "End a pause, a deletion, or the stop of a rule", write},
      {"GET", "/experiments/:id/best_practices", best_practices, "What to do better", read, true},
  };
}

}  // namespace vilfredo::api
