#include <unistd.h>

#include "app/cli/verbs.hpp"
#include "app/front_plot.hpp"
#include "app/reading.hpp"
#include "app/say.hpp"
#include "app/terminal.hpp"
#include "app/trials_sheet.hpp"

namespace vilfredo::app::cli {

exit_code pareto(const pareto_options& options) {
  auto one = read_one(options.where, options.experiment);
  if (!one) return refuse(one.error());
  auto how = style_of(STDOUT_FILENO);
  auto front = front_sheet(*one->book);
  auto text = print(front, options.format, how);
  if (options.format == output_format::table) {
    if (front.rows.empty()) text = "No trial has completed within the thresholds yet.\n";
    if (auto plot = front_plot(*one->book)) {
      auto drawn = view::render(*plot, how);
      if (!drawn.empty()) text += "\n" + view::paint(drawn, how);
    }
  }
  return hand_over(text);
}

}  // namespace vilfredo::app::cli
