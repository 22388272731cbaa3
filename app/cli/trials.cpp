#include <unistd.h>

#include "app/cli/verbs.hpp"
#include "app/reading.hpp"
#include "app/say.hpp"
#include "app/terminal.hpp"
#include "app/trials_sheet.hpp"

namespace vilfredo::app::cli {

exit_code trials(const trials_options& options) {
  auto one = read_one(options.where, options.experiment);
  if (!one) return refuse(one.error());
  auto rows = trials_sheet(*one->book, {options.state, false});
  return hand_over(print(rows, options.format, style_of(STDOUT_FILENO)));
}

}  // namespace vilfredo::app::cli
