#include "io/api/reading.hpp"

#include "io/api/access.hpp"
#include "io/api/body.hpp"
#include "io/api/once.hpp"
#include "io/api/query.hpp"
#include "io/json_text.hpp"

namespace vilfredo::api {

void check_takes_work(const ledger& book) {
  if (book.definition().labels.contains(label::runs_only))
    throw refusal{403, "This is an AI experiment: create training runs instead"};
  if (book.state() == experiment_state::archived)
    throw refusal{
        400, "The experiment is deleted; set its state to active to go on", {{"code", to_string(errc::exhausted)}}};
}

task<experiment_view> view(call& c, experiment_id id) {
  co_return co_await c.look(id, [id](const ledger& book) { return view_of(id, book); });
}

nlohmann::json ai_object(const call& c, const experiment_view& x) {
  auto out = experiment_object(x);
  auto n = c.runs->of_experiment(x.id.number);
  const auto& budget = x.what->observation_budget;
  out["progress"] = {{"object", "progress"},
                     {"active_run_count", n.active},
                     {"finished_run_count", n.finished},
                     {"total_run_count", n.total()},
                     {"remaining_budget",
                      budget ? nlohmann::json(static_cast<std::int64_t>(*budget) - static_cast<std::int64_t>(n.total()))
                             : nlohmann::json()}};
  return out;
}

task<experiment_id> create_once(call& c, std::shared_ptr<const definition> what) {
  if (c.key().empty()) co_return co_await c.create(std::move(what), true);
  // First it is noted that somebody asked, so that most requests are known to be new; then what came of it. For who
  // comes in between, or after a crash in between, the experiment is looked for.
  const std::string asked = "experiment", made = "experiment/";
  auto before = co_await claimed(c);
  bool first = false;
  if (!before) {
    std::vector<document_change> mine{claim(c, asked)};
    try {
      co_await c.keep(std::move(mine));
      first = true;
    } catch (const refusal& why) {
      if (why.status != 409) throw;
    }
    if (!first) before = co_await claimed(c);
  }
  if (!first) {
    const auto& told = before.value().body;
    if (auto number = told.starts_with(made) ? digits(std::string_view(told).substr(made.size())) : std::nullopt)
      co_return experiment_id{*number};
    if (told != asked) refuse_reuse(c);
  }
  auto out = co_await c.create(std::move(what), first);
  std::vector<document_change> result{claim(c, made + id_text(out.number), std::nullopt)};
  co_await c.keep(std::move(result));
  co_return out;
}

task<nlohmann::json> change_experiment(call& c, experiment_view now, edit_experiment changes) {
  auto state = body(c.body).text("state");
  if (state && *state != "active" && *state != "deleted")
    throw refusal{400, "state: \"" + *state + "\" is not one of the allowed values: active, deleted"};
  const bool turns = state && (*state == "deleted") != now.archived;
  // A change of nothing is one all the same: it shows as the time of the last. Of a new state alone, that is the
  // change.
  if (!turns || c.body.size() > (c.body.contains("request_id") ? 2 : 1))
    co_await c.carry_out(now.id, std::move(changes), c.request_id());
  if (turns && now.archived) co_await c.carry_out(now.id, resume{});
  if (turns && !now.archived) co_await c.carry_out(now.id, archive{});
  co_return nullptr;
}

task<std::vector<experiment_view>> all_views(call& c) {
  std::vector<experiment_view> out;
  auto known = co_await c.list();
  for (const auto& e : known) {
    try {
      auto x = co_await view(c, e.experiment);
      auto project = x.what->labels.find(label::project);
      if (c.who.project && (project == x.what->labels.end() || project->second != *c.who.project)) continue;
      out.push_back(std::move(x));
    } catch (const refusal&) {
      continue;
    }
  }
  co_return out;
}

task<nlohmann::json> check_project(call& c, std::string project) {
  document_query query{"project", std::move(project)};
  auto found = co_await c.find(query);
  if (found.empty()) throw refusal{400, "There is no project \"" + *query.key + "\"; create it first"};
  co_return nullptr;
}

void check_client(const call& c, std::size_t place) {
  if (c.path.at(place) != "1") not_found();
}

nlohmann::json contents(const document& x) {
  auto out = io::parse_json(x.body);
  if (!out || !out->is_object()) throw refusal{500, x.collection + " " + x.key + " is damaged in the store"};
  return *std::move(out);
}

task<document> keep_once(call& c, std::string collection, std::string key, nlohmann::json what) {
  const auto id = c.key();
  const auto now = c.house.now();
  if (!id.empty()) what["request_id"] = id;
  std::vector<document_change> changes;
  changes.push_back({collection, key, key.empty() ? std::nullopt : std::optional<std::uint64_t>(0), what.dump(), now});
  if (!id.empty()) changes.push_back(claim(c, collection));
  std::optional<refusal> taken;
  try {
    auto kept = co_await c.keep(std::move(changes));
    co_return std::move(kept.front());
  } catch (const refusal& why) {
    if (why.status != 409 || id.empty()) throw;
    taken = why;
  }
  if (auto before = co_await claimed(c); before && before->body != collection) refuse_reuse(c);
  document_query query{collection, key.empty() ? std::nullopt : std::optional(key)};
  auto there = co_await c.find(query);
  for (auto& x : there)
    if (contents(x).value("request_id", "") == id) co_return std::move(x);
  throw *taken;
}

nlohmann::json tag_object(const document& x) {
  return {{"object", "tag"},
          {"id", id_text(x.number)},
          {"name", x.key},
          {"color", contents(x).value("color", "")},
          {"client", "1"}};
}

bool shows(const ledger& book, std::uint64_t number) {
  const trial* t = book.find(trial_id{number});
  return t && t->state != trial_state::queued && !t->hidden && t->state != trial_state::cancelled;
}

const trial& shown_trial(const ledger& book, std::uint64_t number) {
  if (!shows(book, number)) not_found();
  return *book.find(trial_id{number});
}

}  // namespace vilfredo::api
