#include <unistd.h>

#include <set>
#include <string>

#include "app/cli/verbs.hpp"
#include "app/overview.hpp"
#include "app/reading.hpp"
#include "app/say.hpp"
#include "app/terminal.hpp"
#include "io/sqlite_journal.hpp"

namespace vilfredo::app::cli {

namespace {
/// Without a look at the facts: it is asked for at every press of a key.
exit_code names(const std::string& store) {
  auto opened = io::open_sqlite_journal_for_reading(store);
  if (!opened) return refuse(opened.error());
  auto known = (*opened)->list();
  if (!known) return refuse(known.error());
  std::set<std::string> once;  // archived experiments may share a name
  for (const auto& e : *known) once.insert(e.name);
  std::string text;
  for (const auto& name : once) text += name + "\n";
  return hand_over(text);
}
}  // namespace

exit_code list(const list_options& options) {
  if (options.names) return names(options.store);
  auto all = read_all(options.store);
  if (!all) return refuse(all.error());
  std::vector<std::pair<address, const ledger*>> rows;
  for (const auto& e : *all) rows.push_back({{options.store, e.id}, &e.book});
  return hand_over(print(list_sheet(rows), options.format, style_of(STDOUT_FILENO)));
}

}  // namespace vilfredo::app::cli
