#include <algorithm>
#include <map>

#include "io/api/access.hpp"
#include "io/api/body.hpp"
#include "io/api/listing.hpp"
#include "io/api/once.hpp"
#include "io/api/query.hpp"
#include "io/api/reading.hpp"
#include "io/api/routes.hpp"

namespace vilfredo::api {

namespace {
using nlohmann::json;

/// Of one project: how many experiments it has, and when the last of them changed.
struct tally {
  std::uint64_t experiments = 0;
  time_point updated{};
};
task<std::map<std::string, tally>> tally_all(call& c) {
  std::map<std::string, tally> out;
  auto all = co_await all_views(c);
  for (const auto& x : all) {
    auto project = x.what->labels.find(label::project);
    if (project == x.what->labels.end()) continue;
    auto& t = out[project->second];
    if (!x.archived) ++t.experiments;
    t.updated = std::max(t.updated, x.updated);
  }
  co_return out;
}

json project_object(const call& c, const document& x, const tally& t) {
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
          {"training_run_count", c.runs->of_project(x.key).total()},
          {"deleted", all.value("deleted", false)}};
}

bool good_reference(const std::string& x) {
  return !x.empty() && x.size() <= 32 && std::ranges::all_of(x, [](char ch) {
    return (ch >= 'a' && ch <= 'z') || (ch >= '0' && ch <= '9') || ch == '-' || ch == '_' || ch == '.';
  });
}

task<json> create(call& c) {
  check_client(c);
  body form(c.body, {"id", "name", "metadata", "request_id"});
  form.need("id");
  form.need("name");
  auto id = *form.text("id");
  if (!good_reference(id))
    throw refusal{400, "id: \"" + id + "\" must be 1 to 32 lower-case letters, digits, \"-\", \"_\" and \".\""};
  json all{{"name", checked_name("name", *form.text("name"), 1, 100)},
           {"metadata", metadata_object(form.notes("metadata").value_or(nullptr))}};
  auto made = co_await keep_once(c, "project", id, std::move(all));
  co_return project_object(c, made, {});
}

task<json> get(call& c) {
  check_client(c);
  auto x = co_await c.need("project", c.path.at(1));
  auto all = co_await tally_all(c);
  co_return project_object(c, x, all[x.key]);
}

task<json> list(call& c) {
  check_client(c);
  auto sort = query_text(c.request, "sort").value_or("updated");
  if (sort != "updated" && sort != "created")
    throw refusal{400, "sort: \"" + sort + "\" is not one of the allowed values: updated, created"};
  auto wanted = read_page(c.request, 2);
  auto deleted = query_boolean(c.request, "deleted").value_or(false);
  auto user = query_text(c.request, "user");
  document_query query{"project", {}};
  auto all = co_await c.find(query);
  auto tallies = co_await tally_all(c);
  keyed<json> shown;
  for (const auto& x : all) {
    if ((c.who.project && x.key != *c.who.project) || (user && *user != "1")) continue;
    auto object = project_object(c, x, tallies[x.key]);
    if (object["deleted"].get<bool>() && !deleted) continue;
    auto key = id_key(x.number);
    key.insert(key.begin(), object[sort].get<std::int64_t>());
    shown.emplace_back(std::move(key), std::move(object));
  }
  co_return listing(std::move(shown), wanted, [](const json& object) { return object; });
}

task<json> update(call& c) {
  check_client(c);
  body form(c.body, {"name", "metadata", "deleted"});
  auto now = co_await c.need("project", c.path.at(1));
  auto all = contents(now);
  if (form.has("name") && !form.find("name")) wrong_type("name", json(), "string");
  if (auto name = form.text("name")) all["name"] = checked_name("name", *name, 1, 100);
  if (auto notes = form.notes("metadata")) all["metadata"] = metadata_object(*notes);
  if (auto deleted = form.boolean("deleted")) all["deleted"] = *deleted;
  std::vector<document_change> changes{{"project", now.key, now.version, all.dump(), c.house.now()}};
  auto kept = co_await c.keep(std::move(changes));
  auto tallies = co_await tally_all(c);
  co_return project_object(c, kept.front(), tallies[now.key]);
}

task<json> experiments(call& c) {
  check_client(c);
  auto project = co_await c.need("project", c.path.at(1));
  auto wanted = read_page(c.request);
  keyed<experiment_view> shown;
  auto all = co_await all_views(c);
  for (auto& x : all) {
    auto in = x.what->labels.find(label::project);
    if (in == x.what->labels.end() || in->second != project.key || x.archived || x.has(label::runs_only)) continue;
    auto key = id_key(x.id.number);
    shown.emplace_back(std::move(key), std::move(x));
  }
  co_return listing(std::move(shown), wanted, experiment_object);
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
  body form(c.body, {"contents", "request_id"});
  form.need("contents");
  auto text = *form.text("contents", 0, std::size_t{1} << 20);
  auto project = co_await c.need("project", c.path.at(1));
  json all{{"contents", text}};
  const auto keyed = !c.key().empty();
  std::vector<document_change> changes{{"note", project.key, {}, all.dump(), c.house.now()}};
  if (keyed) changes.push_back(claim(c, "note"));
  try {
    co_return note_object((co_await c.keep(std::move(changes))).front());
  } catch (const refusal& why) {
    if (why.status != 409 || !keyed) throw;
  }
  // Written already, and perhaps another since, which must not be undone.
  auto done = co_await claimed(c);
  if (!done || done->body != "note") refuse_reuse(c);
  co_return note_object({"note", project.key, 0, 0, done->created, done->updated, all.dump()});
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

task<json> create_tag(call& c) {
  check_client(c);
  body form(c.body, {"name", "color", "request_id"});
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
  co_return tag_object(co_await keep_once(c, "tag", name, std::move(all)));
}

task<json> tags(call& c) {
  check_client(c);
  auto wanted = read_page(c.request);
  document_query query{"tag", {}};
  auto all = co_await c.find(query);
  keyed<document> shown;
  for (auto& x : all) shown.emplace_back(id_key(x.number), std::move(x));
  co_return listing(std::move(shown), wanted, tag_object);
}

}  // namespace

std::vector<route> project_routes() {
  using enum permission;
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
