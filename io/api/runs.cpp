#include <algorithm>
#include <cmath>
#include <unordered_map>

#include "io/api/access.hpp"
#include "io/api/amend.hpp"
#include "io/api/body.hpp"
#include "io/api/listing.hpp"
#include "io/api/observation_form.hpp"
#include "io/api/once.hpp"
#include "io/api/query.hpp"
#include "io/api/reach.hpp"
#include "io/api/reading.hpp"
#include "io/api/routes.hpp"
#include "io/api/run_fields.hpp"
#include "io/api/run_filter.hpp"
#include "io/api/run_form.hpp"
#include "io/api/run_removal.hpp"

namespace vilfredo::api {

namespace {
using nlohmann::json;

constexpr std::size_t most_in_batch = 10'000;

task<document> keep_new(call& c, json run) {
  auto made = co_await keep_once(c, "run", "", std::move(run));
  c.runs->put(made.number, made.version, index_entry(made));
  co_return made;
}

// --- what a run means for its experiment -----------------------------------------------------------------------------

/// The values of a run as its experiment's metrics, or nothing when one is missing.
std::optional<std::vector<measurement>> measured(const json& run, const definition& d) {
  std::vector<measurement> out;
  for (const auto& m : d.metrics) {
    auto found = run["values"].find(m.name);
    if (found == run["values"].end()) return std::nullopt;
    auto deviation = found->value("value_stddev", json());
    out.push_back({m.name, found->at("value").get<double>(),
                   deviation.is_number() ? std::optional(deviation.get<double>()) : std::nullopt});
  }
  return out;
}

/// A run that has ended gives its experiment an observation, once, whatever is changed later and whoever dies
/// meanwhile; and another one when it was deleted and is back.
task<document> settle(call& c, document x) {
  auto run = contents(x);
  if (run["deleted"] == true || run["state"] == "active" || run["suggestion"].is_null() || run["experiment"].is_null())
    co_return x;
  std::string request = "run/" + x.key + "/observation";
  if (!run["observation"].is_null()) {
    if (!run.value(observation_gone, false)) co_return x;
    if (co_await observation_there(c, run)) {
      std::function<void(json&)> edit = [](json& r) { r.erase(observation_gone); };
      co_return co_await amend(c, x.key, edit);
    }
    request += "/" + run["observation"].get<std::string>();
  }
  experiment_id id{number_in(run["experiment"])};
  auto in = co_await view(c, id);
  observe seen;
  seen.trial = trial_id{number_in(run["suggestion"])};
  auto values = measured(run, *in.what);
  if (run["state"] == "completed" && values)
    seen.values = *values;
  else
    seen.failure = run["state"] == "failed" ? "failed" : "a metric is missing";
  auto made = std::get<recorded>(co_await c.carry_out(id, std::move(seen), std::move(request)));
  std::function<void(json&)> edit = [number = id_text(made.observation.number)](json& r) {
    r["observation"] = number;
    r.erase(observation_gone);
  };
  co_return co_await amend(c, x.key, edit);
}

/// Changes a run as the request says.
task<document> change(call& c, run_change how) {
  if (auto project = body(c.body).text("project")) {
    if (c.who.project && *project != *c.who.project) beyond_project(*c.who.project);
    co_await check_project(c, *project);
  }
  bool was_deleted = false;
  std::function<void(json&)> edit = [&c, how, &was_deleted](json& run) {
    was_deleted = run["deleted"] == true;
    apply_run(run, c.body, how, seconds(c.house.now()));
    if (!was_deleted && run["deleted"] == true) mark_removed(run);
  };
  auto kept = co_await amend(c, c.path.at(0), edit);
  const bool deleted = contents(kept)["deleted"] == true;
  if (deleted) co_await take_out(c, kept);
  if (was_deleted && !deleted) co_await bring_back(c, kept);
  co_return co_await settle(c, std::move(kept));
}

// --- routes ----------------------------------------------------------------------------------------------------------

task<json> create_in_project(call& c) {
  check_client(c);
  auto project = co_await c.need("project", c.path.at(1));
  auto run = fresh_run("", project.key);
  apply_run(run, c.body, run_change::create, seconds(c.house.now()));
  co_return run_object(co_await keep_new(c, std::move(run)));
}

task<std::vector<document>> runs_made_by(call& c, std::string request_id) {
  document_query query{"run", {}};
  auto all = co_await c.find(query);
  std::erase_if(all, [&](const document& x) { return contents(x).value("request_id", "") != request_id; });
  co_return all;
}

json page_of(const std::vector<document>& runs) {
  json data = json::array();
  for (const auto& x : runs) data.push_back(run_object(x));
  auto n = data.size();
  return pagination(n, std::move(data));
}

task<json> create_many(call& c) {
  check_client(c);
  auto project = co_await c.need("project", c.path.at(1));
  body form(c.body, {"runs", "fields", "request_id"});
  form.need("runs");
  auto* all = form.list("runs");
  if (all->size() > most_in_batch)
    throw refusal{400,
                  "runs must be at most " + std::to_string(most_in_batch) + ", not " + std::to_string(all->size())};
  std::vector<document_change> changes;
  auto now = c.house.now();
  for (const auto& one : *all) {
    if (!one.is_object()) wrong_type("runs", one, "object");
    auto run = fresh_run("", project.key);
    apply_run(run, one, run_change::create, seconds(now));
    if (auto key = c.key(); !key.empty()) run["request_id"] = key;
    changes.push_back({"run", "", {}, run.dump(), now});
  }
  std::vector<document> kept;
  const auto id = c.key();
  if (!id.empty()) changes.push_back(claim(c, "run"));
  try {
    kept = co_await c.keep(std::move(changes));
  } catch (const refusal& why) {
    if (why.status != 409 || id.empty()) throw;
  }
  if (kept.empty()) {
    if (auto before = co_await claimed(c); before && before->body != "run") refuse_reuse(c);
    co_return page_of(co_await runs_made_by(c, id));
  }
  if (!id.empty()) kept.pop_back();
  for (const auto& x : kept) c.runs->put(x.number, x.version, index_entry(x));
  co_return page_of(kept);
}

task<json> create_in_experiment(call& c) {
  auto id = c.experiment();
  auto in = co_await view(c, id);
  if (!in.has(label::runs_only)) not_found();
  if (in.archived) throw refusal{400, "The experiment is deleted; set its state to active to go on"};
  // Before a trial is handed out, which nobody would end.
  if (!c.key().empty()) co_await claimed(c);
  auto now = seconds(c.house.now());
  auto run = fresh_run("", in.what->labels.at(label::project));
  apply_run(run, c.body, run_change::create, now);
  run["experiment"] = id_text(id.number);

  auto given = run["assignments"];
  bool own = std::ranges::any_of(in.what->space.parameters, [&](const parameter& p) { return given.contains(p.name); });
  ask wanted{"run", duration{300}, {}};
  if (own) {
    wanted.assignments.emplace();
    for (const auto& d : in.domain->dimensions())
      if (given.contains(d.name)) {
        json one{{d.name, given[d.name]}};
        wanted.assignments->push_back(read_assignments(one).front());
      }
  }
  try {
    auto trial = std::get<issued>(co_await c.carry_out(id, std::move(wanted), c.request_id()));
    run["suggestion"] = id_text(trial.trial.number);
    auto suggested = assignments_object(*in.domain, trial.point);
    for (const auto& [name, value] : suggested.items()) {
      run["assignments"][name] = value;
      if (!own) run["assignments_meta"][name] = {{"source", "SigOpt"}};
    }
    if (!own) run["assignments_sources"]["SigOpt"] = {{"sort", 1}, {"default_show", true}};
  } catch (const refusal&) {
    // Assignments of one's own that are no full configuration make a run without a suggestion.
    if (!own) throw;
  }
  auto kept = co_await keep_new(c, std::move(run));
  co_return run_object(co_await settle(c, std::move(kept)));
}

task<json> get(call& c) {
  auto x = co_await c.need("run", c.path.at(0));
  co_return run_object(co_await settle(c, std::move(x)));
}

task<json> merge(call& c) { co_return run_object(co_await change(c, run_change::merge)); }
task<json> replace(call& c) { co_return run_object(co_await change(c, run_change::replace)); }

task<json> remove(call& c) { co_return run_object(co_await remove_run(c, c.path.at(0))); }

task<json> list(call& c, std::optional<std::string> project) {
  const auto filters = read_filters(c.request);
  const auto sort = query_text(c.request, "sort").value_or("id");
  const auto wanted = read_page(c.request, sort == "id" ? 1 : 2);
  const auto search = lower_case(query_text(c.request, "search").value_or(""));
  // An empty list is no reason to let a wrong word pass.
  if (sort != "id") (void)column_of(fresh_run("", ""), sort);
  const auto experiment = experiment_wanted(filters);

  auto rows = c.runs->rows(experiment, project);
  const indexed_filter by_index(filters, *c.runs);
  const indexed_field column_by_index(sort, *c.runs);
  struct candidate {
    run_index::shared_row row;
    std::optional<symbol> column;
    bool passes = false;  // otherwise the run itself tells

    bool known() const { return passes && column; }
  };
  std::vector<candidate> candidates;
  for (auto& x : rows) {
    const auto passes_by_index = by_index.passes(*x);
    if (passes_by_index == false) continue;
    if (!search.empty()) {
      const auto name = value_of(*x, "name");
      auto* text = std::get_if<std::string>(&name);
      if (!text || lower_case(*text).find(search) == std::string::npos) continue;
    }
    auto column = column_by_index.of(*x);
    candidates.push_back({std::move(x), std::move(column), passes_by_index == true});
  }
  // Many are read more quickly together; but those of an experiment are few of all.
  constexpr std::ptrdiff_t many = 100;
  std::unordered_map<std::uint64_t, document> all;
  if (!experiment && std::ranges::count(candidates, false, &candidate::known) > many) {
    document_query query{"run", {}};
    for (auto& x : co_await c.find(query)) all.insert_or_assign(x.number, std::move(x));
  }
  keyed<run_index::shared_row> shown;
  run_fields fields(*c.runs);
  for (auto& x : candidates) {
    if (!x.known()) {
      auto read = all.extract(x.row->run);
      document as_it_is;
      if (read)
        as_it_is = std::move(read.mapped());
      else
        as_it_is = co_await c.need("run", id_text(x.row->run));
      const auto run = run_object(as_it_is);
      if (!passes(filters, run)) continue;
      x.column = column_of(run, sort);
    }
    auto key = id_key(x.row->run);
    if (sort != "id") {
      if (std::holds_alternative<std::monostate>(*x.column)) continue;
      key.insert(key.begin(), *std::move(x.column));
    }
    fields.count(*x.row);
    shown.emplace_back(std::move(key), std::move(x.row));
  }
  const auto chosen = choose_page(shown, wanted);
  json data = json::array();
  for (auto i : chosen.items) data.push_back(run_object(co_await c.need("run", id_text(shown[i].second->run))));
  auto out = pagination(shown.size(), std::move(data), chosen);
  out["defined_fields"] = fields.list();
  co_return out;
}

task<json> list_in_project(call& c) {
  check_client(c);
  auto project = co_await c.need("project", c.path.at(1));
  co_return co_await list(c, project.key);
}
task<json> list_of_client(call& c) {
  check_client(c);
  co_return co_await list(c, c.who.project);
}

// --- tags ------------------------------------------------------------------------------------------------

task<document> tag_numbered(call& c, std::uint64_t number) {
  document_query query{"tag", {}};
  for (auto& x : co_await c.find(query))
    if (x.number == number) co_return x;
  co_return document{};
}

task<json> add_tag(call& c) {
  body form(c.body, {"id"});
  form.need("id");
  auto tag = co_await tag_numbered(c, *form.id("id"));
  if (tag.number == 0) throw refusal{422, "There is no tag " + id_text(*form.id("id"))};
  std::function<void(json&)> edit = [id = json(id_text(tag.number))](json& run) {
    if (std::ranges::find(run["tags"], id) == run["tags"].end()) run["tags"].push_back(id);
  };
  co_await amend(c, c.path.at(0), edit);
  co_return tag_object(tag);
}

task<json> remove_tag(call& c) {
  auto tag = co_await tag_numbered(c, c.number(1));
  std::function<void(json&)> edit = [id = json(id_text(c.number(1)))](json& run) {
    auto found = std::ranges::find(run["tags"], id);
    if (found == run["tags"].end()) not_found();
    run["tags"].erase(found);
  };
  if (tag.number == 0) not_found();
  co_await amend(c, c.path.at(0), edit);
  co_return tag_object(tag);
}

}  // namespace

std::vector<route> run_routes() {
  using enum permission;
  return {
      {"POST", "/clients/:id/projects/:name/training_runs", create_in_project, "Create a run", execute},
      {"POST", "/clients/:id/projects/:name/training_runs/batch", create_many, "Create many runs, all or none", write},
      {"GET", "/clients/:id/projects/:name/training_runs", list_in_project, "List a project's runs", read},
      {"GET", "/clients/:id/training_runs", list_of_client, "List runs", read},
      {"GET", "/organizations/:id/training_runs", list_of_client, "List runs", read},
      {"POST", "/aiexperiments/:id/training_runs", create_in_experiment, "Begin a run of an AI experiment", execute},
      {"GET", "/training_runs/:id", get, "Show a run", read},
      {"MERGE", "/training_runs/:id", merge, "Merge into a run what is known of it", execute},
      {"PUT", "/training_runs/:id", replace, "Change a run", write},
      {"DELETE", "/training_runs/:id", remove, "Delete a run; it can be brought back", write},
      {"POST", "/training_runs/:id/tags", add_tag, "Tag a run", execute},
      {"DELETE", "/training_runs/:id/tags/:id", remove_tag, "Take a tag off a run", write},
  };
}

}  // namespace vilfredo::api
