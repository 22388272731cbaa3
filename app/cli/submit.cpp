#include "app/cli/verbs.hpp"
#include "app/job.hpp"
#include "app/overview.hpp"
#include "app/remote_experiments.hpp"
#include "app/say.hpp"
#include "app/submission.hpp"

namespace vilfredo::app::cli {

namespace {
const char* word(submission::change x) {
  switch (x) {
  case submission::change::created: return "created";
  case submission::change::edited: return "edited";
  case submission::change::none: break;
  }
  return "unchanged";
}
}  // namespace

exit_code submit_job(const submit_options& options) {
  auto wanted = read_checked_job(options.job);
  if (!wanted) return refuse(wanted.error());
  auto daemon = remote_experiments::open(options.where);
  if (!daemon) return refuse(daemon.error());
  auto made = submit(**daemon, *wanted);
  if (!made) return refuse(made.error());
  if (options.format == output_format::json) {
    nlohmann::ordered_json out{{"experiment", made->experiment.number},
                               {"name", wanted->name},
                               {"url", options.where.url},
                               {"change", word(made->made)},
                               {"state", to_string(made->book->state())}};
    return hand_over(out.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n");
  }
  return hand_over("Experiment \"" + wanted->name + "\" is number " + std::to_string(made->experiment.number) + " of " +
                   options.where.url + ", " + word(made->made) + "; it is " + state_in_words(*made->book) + ".\n");
}

}  // namespace vilfredo::app::cli
