#include "io/api/reading.hpp"

namespace vilfredo::api {

void check_takes_work(const ledger& book) {
  if (book.definition().labels.contains(label::runs_only))
    throw refusal{403, "This is an AI experiment: create training runs instead"};
  if (book.state() == experiment_state::archived)
    throw refusal{400, "The experiment is deleted; set its state to active to go on"};
}

task<experiment_view> view(call& c, experiment_id id) {
  co_return co_await c.look(id, [id](const ledger& book) { return view_of(id, book); });
}

const trial& shown_trial(const ledger& book, std::uint64_t number) {
  const trial* t = book.find(trial_id{number});
  if (!t || t->state == trial_state::queued || t->hidden || t->state == trial_state::cancelled) not_found();
  return *t;
}

}  // namespace vilfredo::api
