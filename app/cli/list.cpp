#include <unistd.h>

#include "app/cli/verbs.hpp"
#include "app/overview.hpp"
#include "app/reading.hpp"
#include "app/say.hpp"
#include "app/terminal.hpp"

namespace vilfredo::app::cli {

exit_code list(const list_options& options) {
  auto all = read_all(options.store);
  if (!all) return refuse(all.error());
  std::vector<std::pair<address, const ledger*>> rows;
  for (const auto& e : *all) rows.push_back({{options.store, e.id}, &e.book});
  write_all(STDOUT_FILENO, print(list_sheet(rows), options.format, style_of(STDOUT_FILENO)));
  return exit_done;
}

}  // namespace vilfredo::app::cli
