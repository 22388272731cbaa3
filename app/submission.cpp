#include "app/submission.hpp"

#include <optional>

#include "app/difference.hpp"

namespace vilfredo::app {

namespace {

struct sought {
  std::optional<submission> found;  ///< the unarchived experiment of the name
  std::size_t namesakes = 0;        ///< archived ones among them
};

result<sought> find(experiments& where, const std::string& name) {
  auto known = where.list();
  if (!known) return known.error();
  sought out;
  for (auto e = known->rbegin(); e != known->rend(); ++e) {
    if (e->name != name) continue;
    ++out.namesakes;
    if (out.found) continue;
    auto book = where.describe(e->experiment);
    if (!book) return book.error();
    if ((*book)->state() != experiment_state::archived)
      out.found = submission{e->experiment, submission::change::none, *std::move(book)};
  }
  return out;
}

result<submission> create(experiments& where, const definition& wanted, std::size_t namesakes) {
  auto made = where.create(wanted, namesakes);
  if (!made) return made.error();
  auto book = where.describe(*made);
  if (!book) return book.error();
  // Somebody else may have been quicker.
  if (auto same = check_same(**book, wanted); !same) return same.error();
  return submission{*made, submission::change::created, *std::move(book)};
}

}  // namespace

result<void> check_same(const ledger& book, const definition& wanted) {
  auto edit = difference(book.definition(), wanted);
  if (!edit) return edit.error();
  return {};
}

result<submission> submit(experiments& where, const definition& wanted) {
  auto sought = find(where, wanted.name);
  if (!sought) return sought.error();
  if (!sought->found) return create(where, wanted, sought->namesakes);
  auto out = *std::move(sought->found);
  auto edit = difference(out.book->definition(), wanted);
  if (!edit) return edit.error();
  if (out.book->state() == experiment_state::paused)
    return error{errc::paused, "experiment \"" + wanted.name + "\" is paused; vilfredo resume lets it go on"};
  if (!*edit) return out;
  auto edited = where.carry_out(out.experiment, **edit);
  if (!edited) return edited.error();
  // Whoever changes the rule that stopped an experiment wants it to go on.
  if ((*edit)->stop_when && out.book->state() == experiment_state::stopped) {
    auto resumed = where.carry_out(out.experiment, resume{});
    if (!resumed) return resumed.error();
  }
  auto book = where.describe(out.experiment);
  if (!book) return book.error();
  return submission{out.experiment, submission::change::edited, *std::move(book)};
}

result<submission> join(experiments& where, const definition& wanted) {
  auto sought = find(where, wanted.name);
  if (!sought) return sought.error();
  if (!sought->found) return create(where, wanted, sought->namesakes);
  if (auto same = check_same(*sought->found->book, wanted); !same) return same.error();
  return *std::move(sought->found);
}

}  // namespace vilfredo::app
