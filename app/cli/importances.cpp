#include <unistd.h>

#include "app/cli/verbs.hpp"
#include "app/importance_sheet.hpp"
#include "app/reading.hpp"
#include "app/say.hpp"
#include "app/terminal.hpp"

namespace vilfredo::app::cli {

exit_code importances(const importances_options& options) {
  auto one = read_one(options.where, options.experiment);
  if (!one) return refuse(one.error());
  auto rows = options.pairs ? pair_sheet(*one->book) : importance_sheet(*one->book);
  if (!rows) return refuse(rows.error());
  return hand_over(print(*rows, options.format, style_of(STDOUT_FILENO)));
}

}  // namespace vilfredo::app::cli
