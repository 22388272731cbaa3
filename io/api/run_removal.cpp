#include "io/api/run_removal.hpp"

#include "io/api/amend.hpp"
#include "io/api/objects.hpp"
#include "io/api/reading.hpp"

namespace vilfredo::api {

using nlohmann::json;

task<json> show_suggestion(call& c, const document& x, bool shown) {
  auto run = contents(x);
  if (!run["suggestion"].is_null()) {
    experiment_id id{number_in(run["experiment"])};
    command change = annotate{{number_in(run["suggestion"])}, {}, !shown};
    co_await c.carry_out(id, std::move(change));
  }
  co_return json();
}

task<document> remove_run(call& c, std::string key) {
  std::function<void(json&)> edit = [](json& run) { run["deleted"] = true; };
  auto kept = co_await amend(c, std::move(key), edit);
  co_await show_suggestion(c, kept, false);
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
