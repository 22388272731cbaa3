#include <algorithm>
#include <cmath>
#include <sstream>

#include "io/api/base64.hpp"
#include "io/api/body.hpp"
#include "io/api/listing.hpp"
#include "io/api/observation_form.hpp"
#include "io/api/query.hpp"
#include "io/api/reading.hpp"
#include "io/api/routes.hpp"
#include "io/http/presence.hpp"

namespace vilfredo::api {

namespace {
using nlohmann::json;

duration read_seconds(const body& form, std::string_view key, double most) {
  auto x = form.number(key);
  if (!x) return duration{0};
  if (!(*x >= 0) || *x > most)
    throw refusal{400,
                  std::string(key) + " must be between 0 and " + std::to_string(static_cast<long>(most)) + " seconds"};
  return duration{static_cast<std::int64_t>(std::ceil(*x * 1000))};
}

constexpr double longest_wait = 120, longest_lease = 365.0 * 86400;
/// Without a word about it: long enough for most plans to come, short enough for a script not to notice.
constexpr duration usual_wait{300};

/// A trial as a command left it, with what it takes to show it.
struct trial_shown {
  std::shared_ptr<const definition> what;
  std::shared_ptr<const space> domain;
  vilfredo::trial trial;
};
template <class Answer>
trial_shown trial_of(const ledger& book, const answer& given) {
  const auto* t = book.find(std::get<Answer>(given).trial);
  if (!t) not_found();
  return {book.shared_definition(), book.shared_space(), *t};
}

task<json> create(call& c) {
  auto id = c.experiment();
  body form(c.body, {"assignments", "task", "metadata", "wait", "lease", "worker", "request_id", "no_optimize"});
  ask wanted;
  wanted.worker = form.text("worker", 0, 200).value_or("api");
  wanted.patience = form.find("wait") ? read_seconds(form, "wait", longest_wait) : usual_wait;
  if (form.find("lease")) wanted.lease = read_seconds(form, "lease", longest_lease);
  wanted.metadata = form.notes("metadata").value_or(nullptr);
  if (auto* own = form.find("assignments")) wanted.assignments = read_assignments(*own);
  wanted.task = read_task(form);
  const bool patient = wanted.patience > usual_wait;
  auto decide = [wanted = std::move(wanted)](const ledger& book) -> command {
    check_takes_work(book);
    const bool tasks = !book.definition().tasks.empty();
    if (!wanted.task.empty() && !tasks) throw refusal{400, "task: this experiment has no tasks"};
    if (tasks && wanted.assignments.has_value() == wanted.task.empty())
      throw refusal{400, "Suggestions of one's own need both assignments and task"};
    return wanted;
  };
  // Who has gone while it waited must not get what others could have.
  if (c.request.presence && patient && c.request_id().empty()) c.own_id = "wait/" + to_base64(c.house.secret(12));
  if (auto key = c.request_id(); !key.empty() && c.request.presence) {
    auto taken_back = [&house = c.house, id, key] {
      auto withdrawal = [key](const ledger&) -> result<request> { return request{{}, withdraw{key}}; };
      house.enact(id, withdrawal, {}, [](const outcome&) {});
    };
    c.request.presence->on_leave(std::move(taken_back));
  }
  auto shown = co_await c.enact(id, std::move(decide), trial_of<issued>);
  c.written.emplace("suggestion", id_text(shown.trial.id.number),
                    suggestion_text(id, *shown.what, *shown.domain, shown.trial));
  co_return nullptr;
}

task<json> get(call& c) {
  auto id = c.experiment();
  auto number = c.number(1);
  co_return co_await c.look(id, [id, number](const ledger& book) {
    return suggestion_object(id, book.definition(), book.space(), shown_trial(book, number));
  });
}

/// Part of a list, on its way from the experiment's thread, where nobody else is answered meanwhile, to another that
/// makes the objects.
struct trials_shown {
  std::shared_ptr<const definition> what;
  std::shared_ptr<const space> domain;
  std::vector<trial> trials;
  std::size_t count = 0;
  page part;
};
/// `all` in the order of their ids.
trials_shown page_of(const ledger& book, const std::vector<const trial*>& all, const page_request& wanted) {
  trials_shown out{book.shared_definition(), book.shared_space(), {}, all.size(), {}};
  out.part = choose_page(
      all.size(), [&](std::size_t i) { return id_key(all[i]->id.number); }, wanted);
  out.trials.reserve(out.part.items.size());
  for (auto i : out.part.items) {
    // What is shown; what a trial has reported is not, and may be long.
    const auto& from = *all[i];
    auto& to = out.trials.emplace_back();
    to.id = from.id;
    to.point = from.point;
    to.from = from.from;
    to.task = from.task;
    to.state = from.state;
    to.attempt = from.attempt;
    to.lease_until = from.lease_until;
    to.issued = from.issued;
    to.began = from.began;
    to.metadata = from.metadata;
    to.hidden = from.hidden;
  }
  return out;
}
json list_of(experiment_id id, const trials_shown& all, decltype(suggestion_object)* object) {
  json data = json::array();
  for (const auto& x : all.trials) data.push_back(object(id, *all.what, *all.domain, x));
  return pagination(all.count, std::move(data), all.part);
}

std::vector<std::uint64_t> read_ids(const std::optional<std::string>& text) {
  std::vector<std::uint64_t> out;
  if (!text) return out;
  std::istringstream in(*text);
  for (std::string one; std::getline(in, one, ',');) {
    auto id = digits(one);
    if (!id) throw refusal{400, "Invalid value for id: \"" + *text + "\" - expected ids with commas between them"};
    out.push_back(*id);
  }
  return out;
}

task<json> list(call& c) {
  auto id = c.experiment();
  auto wanted = read_page(c.request);
  auto state = query_text(c.request, "state");
  if (state && *state != "open" && *state != "closed")
    throw refusal{400, "state: \"" + *state + "\" is not one of the allowed values: open, closed"};
  auto deleted = query_boolean(c.request, "deleted").value_or(false);
  auto ids = read_ids(query_text(c.request, "id"));
  auto shown = [=](const ledger& book) {
    std::vector<const trial*> all;
    for (const auto* t : book.trials()) {
      if (t->state == trial_state::queued) continue;
      bool gone = t->hidden || t->state == trial_state::cancelled;
      if (gone != deleted) continue;
      if (state && (*state == "open") != shown_open(*t)) continue;
      if (!ids.empty() && std::ranges::find(ids, t->id.number) == ids.end()) continue;
      all.push_back(t);
    }
    return page_of(book, all, wanted);
  };
  const auto now = co_await c.look(id, shown);
  co_return list_of(id, now, suggestion_object);
}

task<json> update(call& c) {
  auto id = c.experiment();
  auto number = c.number(1);
  auto notes = body(c.body).notes("metadata");
  if (!notes) co_return co_await get(c);
  auto decide = [=](const ledger& book) -> command { return annotate{shown_trial(book, number).id, notes, {}}; };
  auto shown = [=](const ledger& book, const answer&) {
    return suggestion_object(id, book.definition(), book.space(), shown_trial(book, number));
  };
  co_return co_await c.enact(id, decide, shown);
}

/// An open one is cancelled; a closed one is only hidden, for its observations stay.
task<json> remove_one(call& c, experiment_id id, trial_id which, bool open) {
  command change = annotate{which, {}, true};
  if (open) change = cancel{which, "deleted"};
  co_await c.carry_out(id, std::move(change));
  co_return json::object();
}

task<json> remove(call& c) {
  auto id = c.experiment();
  auto number = c.number(1);
  auto open = co_await c.look(id, [number](const ledger& book) {
    const trial* t = book.find(trial_id{number});
    if (!t || t->state == trial_state::queued) not_found();
    return t->hidden || t->state == trial_state::cancelled ? std::optional<bool>{} : std::optional(t->open());
  });
  if (open) co_await remove_one(c, id, {number}, *open);
  co_return json::object();
}

task<json> remove_all(call& c) {
  auto id = c.experiment();
  auto state = query_text(c.request, "state");
  if (state && *state != "open") throw refusal{400, "state: only \"open\" suggestions can be deleted by state"};
  auto all = co_await c.look(id, [&](const ledger& book) {
    std::vector<std::pair<trial_id, bool>> out;
    for (const auto* t : book.trials())
      if (t->state != trial_state::queued && !t->hidden && t->state != trial_state::cancelled && (!state || t->open()))
        out.emplace_back(t->id, t->open());
    return out;
  });
  for (auto [which, open] : all) co_await remove_one(c, id, which, open);
  co_return json::object();
}

// --- queued ----------------------------------------------------------------------------------------------------------

task<json> queue(call& c) {
  auto id = c.experiment();
  body form(c.body, {"assignments", "task", "metadata", "request_id"});
  enqueue wanted{read_assignments(form.need("assignments")), read_task(form), form.notes("metadata").value_or(nullptr)};
  auto decide = [&form, wanted = std::move(wanted)](const ledger& book) -> command {
    if (book.state() == experiment_state::archived) check_takes_work(book);
    if (!book.definition().tasks.empty() && wanted.task.empty()) form.need("task");
    return wanted;
  };
  auto shown = co_await c.enact(id, std::move(decide), trial_of<enqueued>);
  co_return queued_object(id, *shown.what, *shown.domain, shown.trial);
}

task<json> queued(call& c) {
  auto id = c.experiment();
  auto wanted = read_page(c.request);
  auto shown = [=](const ledger& book) {
    std::vector<const trial*> all;
    for (auto open : book.open_trials())
      if (const auto* t = book.find(open); t->state == trial_state::queued) all.push_back(t);
    return page_of(book, all, wanted);
  };
  const auto now = co_await c.look(id, shown);
  co_return list_of(id, now, queued_object);
}

const trial& queued_trial(const ledger& book, std::uint64_t number) {
  const trial* t = book.find(trial_id{number});
  if (!t || t->state != trial_state::queued) not_found();
  return *t;
}

task<json> queued_one(call& c) {
  auto id = c.experiment();
  auto number = c.number(1);
  auto shown = [=](const ledger& book) {
    return queued_object(id, book.definition(), book.space(), queued_trial(book, number));
  };
  co_return co_await c.look(id, shown);
}

task<json> unqueue(call& c) {
  auto id = c.experiment();
  auto number = c.number(1);
  auto decide = [number](const ledger& book) -> command { return delete_trial{queued_trial(book, number).id}; };
  auto nothing = [](const ledger&, const answer&) { return json::object(); };
  co_return co_await c.enact(id, decide, nothing);
}

}  // namespace

std::vector<route> suggestion_routes() {
  using enum permission;
  return {
      {"POST", "/experiments/:id/suggestions", create, "Ask for a configuration to try", execute, false, true},
      {"GET", "/experiments/:id/suggestions", list, "List suggestions", read, true},
      {"DELETE", "/experiments/:id/suggestions", remove_all, "Delete all suggestions, or all open ones", write},
      {"GET", "/experiments/:id/suggestions/:id", get, "Show a suggestion", read, true},
      {"PUT", "/experiments/:id/suggestions/:id", update, "Change a suggestion's metadata", write},
      {"DELETE", "/experiments/:id/suggestions/:id", remove, "Delete a suggestion", write},
      {"POST", "/experiments/:id/queued_suggestions", queue, "Have assignments tried next", write},
      {"GET", "/experiments/:id/queued_suggestions", queued, "List what waits to be tried", read, true},
      {"GET", "/experiments/:id/queued_suggestions/:id", queued_one, "Show one that waits", read, true},
      {"DELETE", "/experiments/:id/queued_suggestions/:id", unqueue, "Take one back", write},
  };
}

}  // namespace vilfredo::api
