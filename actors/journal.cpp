#include "actors/journal.hpp"

#include "core/replay.hpp"

namespace vilfredo::actors {

namespace {

using self_pointer = journal_actor::stateful_pointer<journal_state>;

void settle(journal_state& state, const result<void>& how) {
  if (!how) ++state.counted.failures;
  for (auto& answer : std::exchange(state.batch, {})) answer(how);
}

/// Makes what is staged durable, so that a reader sees it, or its writers know that it is not.
void commit(self_pointer self) {
  auto& state = self->state;
  if (state.batch.empty()) return;
  auto begin = self->clock().now();
  auto how = state.store->commit();
  state.counted.seconds.add(std::chrono::duration<double>(self->clock().now() - begin).count());
  state.counted.appends.add(static_cast<double>(state.batch.size()));
  settle(state, how);
}

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
    commit(self);
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
        commit(self);
        auto book = replay(*self->state.store, l.experiment);
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
        commit(self);
        auto* documents = self->state.store->documents();
        if (!documents) return error{errc::unavailable, "this store keeps no documents"};
        auto found = documents->find(f.what);
        if (!found) return found.error();
        return kept_documents{*std::move(found)};
      },
      [self](const find_facts& f) -> result<found_facts> {
        commit(self);
        auto out = std::make_shared<std::vector<fact>>();
        auto take = [&](fact&& x) {
          if (out->size() == f.most) return false;
          out->push_back(std::move(x));
          return true;
        };
        if (auto read = self->state.store->load(f.experiment, take, f.after); !read) return read.error();
        return found_facts{std::move(out)};
      },
      [self](measure) {
        auto& out = self->state.counted;
        out.waiting = self->state.batch.size();
        if (auto entries = self->state.store->list()) out.experiments = entries->size();
        return out;
      },
      [self](commit_due) { commit(self); },
  };
}

}  // namespace vilfredo::actors
