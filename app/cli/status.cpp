#include <unistd.h>

#include "app/cli/verbs.hpp"
#include "app/overview.hpp"
#include "app/reading.hpp"
#include "app/say.hpp"
#include "app/terminal.hpp"

namespace vilfredo::app::cli {

exit_code status(const status_options& options) {
  auto one = read_one(options.where, options.experiment);
  if (!one) return refuse(one.error());
  const address where{options.where.name(), one->id, options.where.remote()};
  if (options.format == output_format::json)
    return hand_over(
        overview_json(where, *one->book).dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n");
  auto how = style_of(STDOUT_FILENO);
  return hand_over(view::paint(overview(where, *one->book, how), how));
}

}  // namespace vilfredo::app::cli
