#include "actors/journal.hpp"

#include "core/replay.hpp"

namespace vilfredo::actors {

namespace {

void settle(journal_state& state, const result<void>& how) {
  for (auto& answer : std::exchange(state.batch, {})) answer(how);
}

using self_pointer = journal_actor::stateful_pointer<journal_state>;

bool full(const journal_state& state) { return state.batch.size() >= state.options.most_waiting; }
error overloaded() { return {errc::overloaded, "the store cannot keep up; try again"}; }

/// Answers with `what` when what is staged is durable.
template <class T>
void join(self_pointer self, caf::typed_response_promise<result<T>> promise, T what) {
  auto& state = self->state;
  if (state.batch.empty()) self->send(self, commit_due{});
  state.batch.push_back([promise, what = std::move(what)](const result<void>& how) mutable {
    promise.deliver(how ? result<T>{std::move(what)} : result<T>{how.error()});
  });
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
        if (full(state)) return result<durable>{overloaded()};
        auto promise = self->make_response_promise<result<durable>>();
        join(self, promise, durable{a.facts->empty() ? 0 : a.facts->back().sequence});
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
      [self](const keep_documents& k) -> caf::result<result<kept_documents>> {
        auto& state = self->state;
        if (full(state)) return result<kept_documents>{overloaded()};
        auto* documents = state.store->documents();
        if (!documents) return result<kept_documents>{error{errc::unavailable, "this store keeps no documents"}};
        auto staged = documents->stage(*k.changes);
        if (!staged && staged.error().code == errc::conflict) return result<kept_documents>{staged.error()};
        // Any other failure took back all that was staged since the last commit.
        if (!staged) {
          settle(state, staged.error());
          return result<kept_documents>{staged.error()};
        }
        auto promise = self->make_response_promise<result<kept_documents>>();
        join(self, promise, kept_documents{*std::move(staged)});
        return promise;
      },
      [self](const find_documents& f) -> result<kept_documents> {
        auto& state = self->state;
        if (!state.batch.empty()) settle(state, state.store->commit());
        auto* documents = state.store->documents();
        if (!documents) return error{errc::unavailable, "this store keeps no documents"};
        auto found = documents->find(f.what);
        if (!found) return found.error();
        return kept_documents{*std::move(found)};
      },
      [self](commit_due) {
        auto& state = self->state;
        if (!state.batch.empty()) settle(state, state.store->commit());
      },
  };
}

}  // namespace vilfredo::actors
