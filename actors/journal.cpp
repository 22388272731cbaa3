#include "actors/journal.hpp"

#include "core/replay.hpp"

namespace vilfredo::actors {

namespace {

void settle(journal_state& state, const result<void>& how) {
  for (auto& w : state.batch) w.to.deliver(how ? result<durable>{w.what} : result<durable>{how.error()});
  state.batch.clear();
}

}  // namespace

journal_actor::behavior_type run_journal(journal_actor::stateful_pointer<journal_state> self,
                                         std::shared_ptr<vilfredo::journal> store, journal_options options) {
  auto& begun = self->state;
  begun.store = std::move(store);
  begun.options = options;
  // What an earlier journal staged is committed or taken back; its writers know that it may be either.
  (void)begun.store->commit();
  self->set_exit_handler([self](caf::exit_msg& e) {
    auto& state = self->state;
    if (!state.batch.empty()) settle(state, state.store->commit());
    self->quit(e.reason);
  });
  return {
      [self](const append& a) -> caf::result<result<durable>> {
        auto& state = self->state;
        if (state.batch.size() >= state.options.most_waiting)
          return result<durable>{error{errc::overloaded, "the store cannot keep up; try again"}};
        auto promise = self->make_response_promise<result<durable>>();
        if (state.batch.empty()) self->send(self, commit_due{});
        state.batch.push_back({promise, durable{a.facts->empty() ? 0 : a.facts->back().sequence}});
        // A failed stage takes back all that was staged since the last commit.
        if (auto staged = state.store->stage(a.experiment, *a.facts); !staged) settle(state, staged);
        return promise;
      },
      [self](const load& l) -> result<loaded> {
        // What is staged must be visible to the reader, or fail for its writers.
        auto& state = self->state;
        if (!state.batch.empty()) settle(state, state.store->commit());
        auto book = replay(*state.store, l.experiment);
        if (!book) return book.error();
        return loaded{std::make_shared<const ledger>(*std::move(book))};
      },
      [self](list_store) -> result<store_listing> {
        auto entries = self->state.store->list();
        if (!entries) return entries.error();
        return store_listing{*std::move(entries)};
      },
      [self](commit_due) {
        auto& state = self->state;
        if (!state.batch.empty()) settle(state, state.store->commit());
      },
  };
}

}  // namespace vilfredo::actors
