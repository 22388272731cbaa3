#include <algorithm>

#include "io/api/body.hpp"
#include "io/api/page.hpp"
#include "io/api/query.hpp"
#include "io/api/reading.hpp"
#include "io/api/routes.hpp"
#include "io/json_text.hpp"

namespace vilfredo::api {

namespace {
using nlohmann::json;

void check_client(call& c) {
  if (c.path.at(0) != "1") not_found();
}

json contents(const document& x) {
  auto out = io::parse_json(x.body);
  return out ? *std::move(out) : json::object();
}

/// How many experiments each project has, and when the last of them changed.
struct tally {
  std::uint64_t experiments = 0, runs = 0;
  time_point updated{};
};
task<std::map<std::string, tally>> tally_all(call& c) {
  auto known = co_await c.list();
  std::map<std::string, tally> out;
  for (const auto& e : known) {
    auto x = co_await view(c, e.experiment);
    auto project = x.what->labels.find(label::project);
    if (project == x.what->labels.end()) continue;
    auto& t = out[project->second];
    if (!x.archived) ++t.experiments;
    t.updated = std::max(t.updated, x.updated);
  }
  for (auto& [project, t] : out) t.runs = c.runs->of_project(project).total();
  co_return out;
}

json project_object(const document& x, const tally& t) {
  auto all = contents(x);
  return {{"object", "project"},
          {"id", x.key},
          {"client", "1"},
          {"user", "1"},
          {"name", all.value("name", "")},
          {"created", seconds(x.created)},
          {"updated", seconds(std::max(x.updated, t.updated))},
          {"metadata", all.value("metadata", json())},
          {"experiment_count", t.experiments},
          {"training_run_count", t.runs},
          {"deleted", all.value("deleted", false)}};
}

bool good_reference(const std::string& x) {
  return !x.empty() && x.size() <= 32 && std::ranges::all_of(x, [](char ch) {
    return (ch >= 'a' && ch <= 'z') || (ch >= '0' && ch <= '9') || ch == '-' || ch == '_' || ch == '.';
  });
}

task<json> create(call& c) {
  check_client(c);
  body form(c.body, {"id", "name", "metadata"});
  form.need("id");
  form.need("name");
  auto id = *form.text("id");
  if (!good_reference(id))
    throw refusal{400, "id: \"" + id + "\" must be 1 to 32 lower-case letters, digits, \"-\", \"_\" and \".\""};
  json all{{"name", checked_name("name", *form.text("name"), 1, 100)},
           {"metadata", metadata_object(form.notes("metadata").value_or(nullptr))}};
  std::vector<document_change> changes{{"project", id, 0, all.dump(), c.house.now()}};
  auto kept = co_await c.keep(std::move(changes));
  co_return project_object(kept.front(), {});
}

task<json> get(call& c) {
  check_client(c);
  auto x = co_await c.need("project", c.path.at(1));
  auto all = co_await tally_all(c);
  co_return project_object(x, all[x.key]);
}

task<json> list(call& c) {
  check_client(c);
  auto sort = query_text(c.request, "sort").value_or("updated");
  if (sort != "updated" && sort != "created")
    throw refusal{400, "sort: \"" + sort + "\" is not one of the allowed values: updated, created"};
  auto wanted = read_page(c.request, 2);
  auto deleted = query_boolean(c.request, "deleted").value_or(false);
  document_query query{"project", {}};
  auto all = co_await c.find(query);
  auto tallies = co_await tally_all(c);
  std::vector<std::pair<sort_key, json>> shown;
  for (const auto& x : all) {
    auto object = project_object(x, tallies[x.key]);
    if (object["deleted"].get<bool>() && !deleted) continue;
    sort_key key{object[sort].get<std::int64_t>(), static_cast<std::int64_t>(x.number)};
    shown.emplace_back(std::move(key), std::move(object));
  }
  std::ranges::sort(shown, [](const auto& a, const auto& b) { return compare(a.first, b.first) < 0; });
  std::vector<sort_key> keys;
  for (const auto& [key, object] : shown) keys.push_back(key);
  auto chosen = choose_page(keys, wanted);
  json data = json::array();
  for (auto i : chosen.items) data.push_back(std::move(shown[i].second));
  co_return pagination(shown.size(), std::move(data), chosen);
}

task<json> update(call& c) {
  check_client(c);
  body form(c.body, {"name", "metadata", "deleted"});
  auto now = co_await c.need("project", c.path.at(1));
  auto all = contents(now);
  if (auto name = form.text("name")) all["name"] = checked_name("name", *name, 1, 100);
  if (auto notes = form.notes("metadata")) all["metadata"] = metadata_object(*notes);
  if (auto deleted = form.boolean("deleted")) all["deleted"] = *deleted;
  std::vector<document_change> changes{{"project", now.key, now.version, all.dump(), c.house.now()}};
  auto kept = co_await c.keep(std::move(changes));
  auto tallies = co_await tally_all(c);
  co_return project_object(kept.front(), tallies[now.key]);
}

task<json> experiments(call& c) {
  check_client(c);
  auto project = co_await c.need("project", c.path.at(1));
  auto wanted = read_page(c.request);
  auto known = co_await c.list();
  std::vector<experiment_view> all;
  std::vector<sort_key> keys;
  for (const auto& e : known) {
    auto x = co_await view(c, e.experiment);
    auto in = x.what->labels.find(label::project);
    if (in == x.what->labels.end() || in->second != project.key || x.archived || x.has(label::runs_only)) continue;
    keys.push_back({static_cast<std::int64_t>(x.id.number)});
    all.push_back(std::move(x));
  }
  auto chosen = choose_page(keys, wanted);
  json data = json::array();
  for (auto i : chosen.items) data.push_back(experiment_object(all[i]));
  co_return pagination(all.size(), std::move(data), chosen);
}

json note_object(const document& x) {
  auto all = contents(x);
  return {{"object", "project_note"},
          {"contents", all.value("contents", "")},
          {"created", seconds(x.updated)},
          {"user", "1"},
          {"client", "1"},
          {"project", x.key}};
}

task<json> write_note(call& c) {
  check_client(c);
  body form(c.body, {"contents"});
  form.need("contents");
  auto text = *form.text("contents", 0, std::size_t{1} << 20);
  auto project = co_await c.need("project", c.path.at(1));
  json all{{"contents", text}};
  std::vector<document_change> changes{{"note", project.key, {}, all.dump(), c.house.now()}};
  co_return note_object((co_await c.keep(std::move(changes))).front());
}

task<json> notes(call& c) {
  check_client(c);
  auto project = co_await c.need("project", c.path.at(1));
  document_query query{"note", project.key};
  auto found = co_await c.find(query);
  json data = json::array();
  for (const auto& x : found) data.push_back(note_object(x));
  auto n = data.size();
  co_return pagination(n, std::move(data));
}

json tag_object(const document& x) {
  auto all = contents(x);
  return {{"object", "tag"},
          {"id", id_text(x.number)},
          {"name", x.key},
          {"color", all.value("color", "")},
          {"client", "1"}};
}

task<json> create_tag(call& c) {
  check_client(c);
  body form(c.body, {"name", "color"});
  form.need("name");
  form.need("color");
  auto name = checked_name("name", *form.text("name"), 1, 100);
  auto color = *form.text("color");
  bool good = color.size() == 7 && color[0] == '#';
  for (std::size_t i = 1; i < color.size(); ++i) {
    if (color[i] >= 'a' && color[i] <= 'f') color[i] = static_cast<char>(color[i] - 32);
    good = good && ((color[i] >= '0' && color[i] <= '9') || (color[i] >= 'A' && color[i] <= 'F'));
  }
  if (!good) throw refusal{400, "color: \"" + color + "\" must be written as #RRGGBB"};
  json all{{"color", color}};
  std::vector<document_change> changes{{"tag", name, 0, all.dump(), c.house.now()}};
  co_return tag_object((co_await c.keep(std::move(changes))).front());
}

task<json> tags(call& c) {
  check_client(c);
  auto wanted = read_page(c.request);
  document_query query{"tag", {}};
  auto all = co_await c.find(query);
  std::vector<sort_key> keys;
  for (const auto& x : all) keys.push_back({static_cast<std::int64_t>(x.number)});
  auto chosen = choose_page(keys, wanted);
  json data = json::array();
  for (auto i : chosen.items) data.push_back(tag_object(all[i]));
  co_return pagination(all.size(), std::move(data), chosen);
}

}  // namespace

std::vector<route> project_routes() {
  using enum route::access;
  return {
      {"POST", "/clients/:id/projects", create, "Create a project", write},
      {"GET", "/clients/:id/projects", list, "List projects", read},
      {"GET", "/clients/:id/projects/:name", get, "Show a project", read},
      {"PUT", "/clients/:id/projects/:name", update, "Change a project", write},
      {"GET", "/clients/:id/projects/:name/experiments", experiments, "List a project's experiments", read},
      {"POST", "/clients/:id/projects/:name/notes", write_note, "Write a project's note", write},
      {"GET", "/clients/:id/projects/:name/notes", notes, "Show a project's note", read},
      {"POST", "/clients/:id/tags", create_tag, "Create a tag", write},
      {"GET", "/clients/:id/tags", tags, "List tags", read},
  };
}

}  // namespace vilfredo::api
