#include <nlohmann/json.hpp>

#include "app/cli/verbs.hpp"
#include "app/job.hpp"
#include "app/say.hpp"
#include "app/view/number.hpp"

namespace vilfredo::app::cli {

exit_code validate(const validate_options& options) {
  auto read = read_startable_job(options.job);
  if (options.format == output_format::json) {
    nlohmann::ordered_json out{{"valid", static_cast<bool>(read)}};
    if (!read) out["error"] = read.error().message;
    auto told = hand_over(out.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n");
    return read ? told : exit_bad_input;
  }
  if (!read) return refuse(read.error());
  const auto& d = *read;
  auto text = options.job + " is sound: \"" + d.name + "\", " +
              view::counted(d.space.parameters.size() + d.space.conditionals.size(), "parameter") + ", " +
              view::counted(d.metrics.size(), "metric") + ", " +
              (d.observation_budget ? view::counted(*d.observation_budget, "trial") : std::string("no budget")) + ", " +
              std::to_string(d.parallel_bandwidth) + " at a time\n";
  return hand_over(text);
}

}  // namespace vilfredo::app::cli
