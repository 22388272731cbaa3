#include <unistd.h>

#include <set>
#include <string>

#include "app/cli/verbs.hpp"
#include "app/overview.hpp"
#include "app/reading.hpp"
#include "app/say.hpp"
#include "app/terminal.hpp"

namespace vilfredo::app::cli {

namespace {
/// Without a look at the facts: it is asked for at every press of a key.
exit_code names(const place& where) {
  auto opened = open_for_reading(where);
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
  if (options.names) return names(options.where);
  auto all = read_all(options.where);
  if (!all) return refuse(all.error());
  std::vector<std::pair<address, const ledger*>> rows;
  for (const auto& e : *all) rows.push_back({{options.where.name(), e.id}, e.book.get()});
  return hand_over(print(list_sheet(rows), options.format, style_of(STDOUT_FILENO)));
}

}  // namespace vilfredo::app::cli
