#include "app/cli/verbs.hpp"
#include "app/house.hpp"
#include "app/reading.hpp"
#include "app/remote_experiments.hpp"
#include "app/say.hpp"
#include "io/sqlite_journal.hpp"

namespace vilfredo::app::cli {

namespace {

/// An archived experiment whose name another has taken meanwhile must stay where it is.
result<void> check_resume(experiments& home, experiment_id id, const std::vector<journal::entry>& known,
                          const std::string& name) {
  for (const auto& e : known) {
    if (e.name != name || e.experiment == id) continue;
    auto book = home.describe(e.experiment);
    if (!book) return book.error();
    if ((*book)->state() != experiment_state::archived)
      return error{errc::conflict, "experiment " + std::to_string(e.experiment.number) + " has the name \"" + name +
                                       "\" now; archive it first"};
  }
  return {};
}

exit_code control_in(experiments& home, const control_options& options) {
  auto known = home.list();
  if (!known) return refuse(known.error());
  auto id = choose(*known, options.experiment, options.where);
  if (!id) return refuse(id.error());
  auto book = home.describe(*id);
  if (!book) return refuse(book.error());
  const auto name = (*book)->definition().name;
  outcome how = answer{done{}};
  const char* now = "";
  switch (options.what) {
  case control_options::verb::pause:
    how = home.carry_out(*id, pause{});
    now = "paused";
    break;
  case control_options::verb::archive:
    how = home.carry_out(*id, archive{});
    now = "archived";
    break;
  case control_options::verb::resume:
    if (auto may = check_resume(home, *id, *known, name); !may) return refuse(may.error());
    how = home.carry_out(*id, resume{});
    now = "resumed";
    break;
  }
  if (!how) return refuse(how.error());
  return hand_over("Experiment \"" + name + "\" is " + now + ".\n");
}

}  // namespace

exit_code control(const control_options& options) {
  if (options.where.remote()) {
    auto daemon = remote_experiments::open(options.where);
    if (!daemon) return refuse(daemon.error());
    return control_in(**daemon, options);
  }
  // Looked for first: a verb that changes must not leave a new, empty store behind.
  if (auto there = read_one(options.where, options.experiment); !there) return refuse(there.error());
  auto store = io::open_sqlite_journal(options.where.store);
  if (!store) return refuse(store.error());
  inbox letters;
  house home({std::move(*store), &letters, 1});
  return control_in(home, options);
}

}  // namespace vilfredo::app::cli
