#include <algorithm>

#include "io/api/access.hpp"
#include "io/api/amend.hpp"
#include "io/api/best.hpp"
#include "io/api/body.hpp"
#include "io/api/listing.hpp"
#include "io/api/query.hpp"
#include "io/api/reading.hpp"
#include "io/api/routes.hpp"
#include "io/api/run_form.hpp"
#include "io/api/run_removal.hpp"

namespace vilfredo::api {

namespace {
using nlohmann::json;

task<experiment_view> ai_view(call& c) {
  auto x = co_await view(c, c.experiment());
  if (!x.has(label::runs_only)) not_found();
  co_return x;
}

task<json> create(call& c) {
  check_client(c);
  if (c.who.for_development()) throw refusal{403, "AI experiments are not for development tokens"};
  auto project = co_await c.need("project", c.path.at(1));
  auto what = read_experiment(c.body, experiment_kind::ai);
  what.labels[label::project] = project.key;
  auto shared = std::make_shared<const definition>(std::move(what));
  auto id = co_await create_once(c, std::move(shared));
  co_return ai_object(c, co_await view(c, id));
}

task<json> get(call& c) { co_return ai_object(c, co_await ai_view(c)); }

task<json> update(call& c) {
  auto now = co_await ai_view(c);
  auto changes = read_update(c.body, *now.what);
  co_await change_experiment(c, now, std::move(changes));
  co_return ai_object(c, co_await view(c, now.id));
}

task<json> remove(call& c) {
  const bool runs = query_boolean(c.request, "include_runs").value_or(false);
  auto now = co_await ai_view(c);
  if (!now.archived) co_await c.carry_out(now.id, archive{}, c.request_id());
  if (runs) co_await remove_runs_of(c, now.id);
  co_return json::object();
}

task<json> list(call& c, std::optional<std::string> project) {
  auto sort = query_text(c.request, "sort").value_or("id");
  if (sort != "id" && sort != "recent")
    throw refusal{400, "sort: \"" + sort + "\" is not one of the allowed values: id, recent"};
  auto wanted = read_page(c.request, sort == "id" ? 1 : 2);
  auto state = query_text(c.request, "state").value_or("active");
  if (state != "active" && state != "deleted" && state != "all")
    throw refusal{400, "state: \"" + state + "\" is not one of the allowed values: active, deleted, all"};
  auto search = lower_case(query_text(c.request, "search").value_or(""));
  const bool somebodys = query_text(c.request, "user").value_or("1") == "1";
  keyed<experiment_view> shown;
  auto all = co_await all_views(c);
  for (auto& x : all) {
    if (!somebodys || !x.has(label::runs_only) || (state != "all" && (state == "deleted") != x.archived)) continue;
    auto in = x.what->labels.find(label::project);
    if (project && (in == x.what->labels.end() || in->second != *project)) continue;
    if (lower_case(x.what->name).find(search) == std::string::npos) continue;
    auto key = id_key(x.id.number);
    if (sort == "recent") key.insert(key.begin(), seconds(x.updated));
    shown.emplace_back(std::move(key), std::move(x));
  }
  co_return listing(std::move(shown), wanted, [&c](const experiment_view& x) { return ai_object(c, x); });
}

task<json> list_all(call& c) { co_return co_await list(c, std::nullopt); }
task<json> list_in_project(call& c) {
  check_client(c);
  auto project = co_await c.need("project", c.path.at(1));
  co_return co_await list(c, project.key);
}

/// The runs behind the best observations, as far as they are not deleted.
task<json> best_runs(call& c) {
  auto sort = query_text(c.request, "sort").value_or("updated");
  if (sort != "updated" && sort != "created")
    throw refusal{400, "sort: \"" + sort + "\" is not one of the allowed values: updated, created"};
  auto wanted = read_page(c.request, sort == "updated" ? 2 : 1);
  auto x = co_await ai_view(c);
  auto best = co_await c.look(x.id, [](const ledger& book) {
    std::vector<std::uint64_t> out;
    for (const auto* seen : best_of(book)) out.push_back(seen->id.number);
    return out;
  });
  keyed<json> shown;
  for (auto number : c.runs->runs_of(x.id.number)) {
    auto run = run_object(co_await c.need("run", id_text(number)));
    if (run["deleted"] == true || !run["observation"].is_string()) continue;
    if (std::ranges::find(best, number_in(run["observation"])) == best.end()) continue;
    auto key = id_key(number);
    if (sort == "updated") key.insert(key.begin(), run["updated"].get<std::int64_t>());
    shown.emplace_back(std::move(key), std::move(run));
  }
  auto out = listing(std::move(shown), wanted, [](const json& run) { return run; });
  // Of several, the best comes first, whatever the page was chosen by.
  auto rank = [&best](const json& run) {
    return std::ranges::find(best, number_in(run["observation"])) - best.begin();
  };
  std::ranges::stable_sort(out["data"].get_ref<json::array_t&>(), {}, rank);
  co_return out;
}

}  // namespace

std::vector<route> ai_experiment_routes() {
  using enum permission;
  return {
      {"POST", "/clients/:id/projects/:name/aiexperiments", create, "Create an AI experiment", write},
      {"GET", "/clients/:id/projects/:name/aiexperiments", list_in_project, "List a project's AI experiments", read},
      {"GET", "/aiexperiments", list_all, "List AI experiments", read},
      {"GET", "/clients/:id/aiexperiments", list_all, "List AI experiments", read},
      {"GET", "/aiexperiments/:id", get, "Show an AI experiment", read},
      {"PUT", "/aiexperiments/:id", update, "Change an AI experiment", write},
      {"DELETE", "/aiexperiments/:id", remove, "Delete an AI experiment; it can be brought back", write},
      {"GET", "/aiexperiments/:id/best_training_runs", best_runs, "The best runs", read},
  };
}

}  // namespace vilfredo::api
