#include "io/api/run_removal.hpp"

#include "io/api/amend.hpp"
#include "io/api/objects.hpp"
#include "io/api/reading.hpp"

namespace vilfredo::api {

using nlohmann::json;

namespace {

task<json> show_suggestion(call& c, const json& run, bool shown) {
  if (!run["suggestion"].is_null()) {
    experiment_id id{number_in(run["experiment"])};
    command change = annotate{{number_in(run["suggestion"])}, {}, !shown};
    co_await c.carry_out(id, std::move(change));
  }
  co_return json();
}

}  // namespace

void mark_removed(json& run) {
  run["deleted"] = true;
  if (!run["observation"].is_null()) run[observation_gone] = true;
}

task<bool> observation_there(call& c, const json& run) {
  if (run["observation"].is_null()) co_return false;
  experiment_id id{number_in(run["experiment"])};
  observation_id seen{number_in(run["observation"])};
  co_return co_await c.look(id, [seen](const ledger& book) { return book.find(seen) != nullptr; });
}

task<json> take_out(call& c, const document& x) {
  auto run = contents(x);
  co_await show_suggestion(c, run, false);
  if (co_await observation_there(c, run)) {
    experiment_id id{number_in(run["experiment"])};
    command change = delete_observation{{number_in(run["observation"])}};
    co_await c.carry_out(id, std::move(change));
  }
  co_return json();
}

task<json> bring_back(call& c, const document& x) {
  auto run = contents(x);
  co_return co_await show_suggestion(c, run, true);
}

task<document> remove_run(call& c, std::string key) {
  std::function<void(json&)> edit = mark_removed;
  auto kept = co_await amend(c, std::move(key), edit);
  co_await take_out(c, kept);
  co_return kept;
}

task<json> remove_runs_of(call& c, experiment_id experiment) {
  for (auto number : c.runs->runs_of(experiment.number)) {
    auto run = co_await c.need("run", id_text(number));
    if (contents(run)["deleted"] != true) co_await remove_run(c, run.key);
  }
  co_return json();
}

}  // namespace vilfredo::api
