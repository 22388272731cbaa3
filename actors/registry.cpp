#include "actors/registry.hpp"

#include <algorithm>

namespace vilfredo::actors {

namespace {

using self_pointer = registry_actor::stateful_pointer<registry_state>;
using located_promise = caf::typed_response_promise<result<located>>;

experiment_actor start(self_pointer self, experiment_id id, vilfredo::engine engine, step first) {
  auto& state = self->state;
  auto begin = std::make_shared<experiment_start>(experiment_start{std::move(engine), std::move(first)});
  auto handle = self->spawn<caf::monitored>(run_experiment, id, state.near, state.options.experiment, begin);
  state.awake[id] = handle;
  return handle;
}

void answer_all(self_pointer self, experiment_id id, const result<located>& what) {
  auto askers = std::move(self->state.loading[id]);
  self->state.loading.erase(id);
  for (auto& a : askers) a.deliver(what);
}

void wake(self_pointer self, experiment_id id) {
  auto& near = self->state.near;
  self->request(near.journal, self->state.options.experiment.append_timeout, load{id})
      .then(
          [self, id](result<loaded>& got) {
            if (!got) return answer_all(self, id, got.error());
            auto engine = vilfredo::engine::load(*got->book);
            if (!engine) return answer_all(self, id, engine.error());
            const auto& options = self->state.options.experiment;
            auto time = options.time.not_before(got->book->last_fact_at(), self);
            auto first = engine->wake(time.now(self), options.grace);
            // Facts that waking implies are the experiment's first append.
            answer_all(self, id, located{id, start(self, id, *std::move(engine), std::move(first))});
          },
          [self, id](const caf::error& e) {
            answer_all(self, id, error{errc::unavailable, self->system().render(e)});
          });
}

void find(self_pointer self, experiment_id id, located_promise promise) {
  auto& state = self->state;
  if (auto known = state.awake.find(id); known != state.awake.end()) {
    promise.deliver(result<located>{located{id, known->second}});
    return;
  }
  auto& askers = state.loading[id];
  askers.push_back(promise);
  if (askers.size() == 1) wake(self, id);
}

/// A creation has come to its end: all who wait for it, the first among them.
std::vector<located_promise> end_creation(self_pointer self, const create& wanted, located_promise promise) {
  self->state.being_created.erase(wanted.what->name);
  auto others = self->state.creations.extract(wanted.request_id);
  std::vector<located_promise> out{std::move(promise)};
  if (others) out.insert(out.end(), others.mapped().begin(), others.mapped().end());
  return out;
}

void give_up(self_pointer self, const create& wanted, located_promise promise, const error& why) {
  for (auto& p : end_creation(self, wanted, std::move(promise))) p.deliver(result<located>{why});
}

error taken(const std::string& name) {
  return {errc::conflict, "there is an experiment \"" + name + "\" already; choose another name or archive it"};
}

void make(self_pointer self, const create& wanted, experiment_id id, located_promise promise) {
  auto& state = self->state;
  auto made = vilfredo::engine::create(*wanted.what, state.options.experiment.time.now(self), wanted.request_id);
  if (!made) return give_up(self, wanted, promise, made.error());
  auto facts = std::make_shared<const std::vector<fact>>(std::move(made->step.facts));
  made->step.facts.clear();
  auto begin = std::make_shared<engine::created>(*std::move(made));
  self->request(state.near.journal, state.options.experiment.append_timeout, append{id, facts})
      .then(
          [self, wanted, id, facts, begin, promise](const result<durable>& how) mutable {
            if (!how) return give_up(self, wanted, promise, how.error());
            self->send(self->state.near.feed, published{id, facts, standing_of(begin->what.book())});
            const located there{id, start(self, id, std::move(begin->what), std::move(begin->step))};
            if (wanted.namesakes && !wanted.request_id.empty()) self->state.created[wanted.request_id] = id;
            for (auto& p : end_creation(self, wanted, promise)) p.deliver(result<located>{there});
          },
          [self, wanted, promise](const caf::error& e) {
            give_up(self, wanted, promise, {errc::unavailable, self->system().render(e)});
          });
}

/// Creates the experiment unless one of `namesakes` is not archived, asking one after the other.
void make_if_free(self_pointer self, const create& wanted, std::vector<experiment_id> namesakes,
                  located_promise promise) {
  auto& state = self->state;
  if (namesakes.empty()) return make(self, wanted, experiment_id{++state.last_id}, promise);
  auto next = namesakes.back();
  namesakes.pop_back();
  self->request(state.near.journal, state.options.experiment.append_timeout, load{next})
      .then(
          [self, wanted, next, promise, namesakes](const result<loaded>& got) mutable {
            if (got && got->book->created_by(wanted.request_id)) {
              // The answer to the first try was lost on its way.
              for (auto& p : end_creation(self, wanted, promise)) find(self, next, p);
              return;
            }
            if (wanted.namesakes || (got && got->book->state() == vilfredo::experiment_state::archived))
              return make_if_free(self, wanted, namesakes, promise);
            // One that cannot be read may be alive for all we know.
            give_up(self, wanted, promise, got ? taken(wanted.what->name) : got.error());
          },
          [self, wanted, promise](const caf::error& e) {
            give_up(self, wanted, promise, {errc::unavailable, self->system().render(e)});
          });
}

}  // namespace

registry_actor::behavior_type run_registry(self_pointer self, experiment_neighbours near, registry_options options) {
  self->state.near = std::move(near);
  self->state.options = options;
  self->set_down_handler([self](caf::down_msg& down) {
    std::erase_if(self->state.awake, [&](const auto& e) { return e.second == down.source; });
  });
  self->set_exit_handler([self](caf::exit_msg& e) {
    for (auto& [id, handle] : self->state.awake) self->send_exit(handle, e.reason);
    for (auto& [id, askers] : self->state.loading)
      for (auto& a : askers) a.deliver(result<located>{error{errc::unavailable, "the registry is stopping"}});
    self->state.awake.clear();
    self->state.loading.clear();
    self->quit(e.reason);
  });
  return {
      [self](const create& wanted) -> caf::result<result<located>> {
        auto& state = self->state;
        if (auto done = state.created.find(wanted.request_id); done != state.created.end() && wanted.namesakes) {
          auto promise = self->make_response_promise<result<located>>();
          find(self, done->second, promise);
          return promise;
        }
        auto twin = wanted.request_id.empty() ? state.creations.end() : state.creations.find(wanted.request_id);
        if (twin != state.creations.end()) {
          twin->second.push_back(self->make_response_promise<result<located>>());
          return twin->second.back();
        }
        if (!state.being_created.insert(wanted.what->name).second && !wanted.namesakes)
          return result<located>{taken(wanted.what->name)};
        if (!wanted.request_id.empty()) state.creations[wanted.request_id];
        auto promise = self->make_response_promise<result<located>>();
        self->request(state.near.journal, state.options.experiment.append_timeout, list_store{})
            .then(
                [self, wanted, promise](const result<store_listing>& known) {
                  if (!known) return give_up(self, wanted, promise, known.error());
                  std::vector<experiment_id> namesakes;
                  for (const auto& e : known->entries) {
                    self->state.last_id = std::max(self->state.last_id, e.experiment.number);
                    const bool alone = wanted.namesakes && (wanted.first || wanted.request_id.empty());
                    if (e.name == wanted.what->name && !alone) namesakes.push_back(e.experiment);
                  }
                  make_if_free(self, wanted, std::move(namesakes), promise);
                },
                [self, wanted, promise](const caf::error& e) {
                  give_up(self, wanted, promise, {errc::unavailable, self->system().render(e)});
                });
        return promise;
      },
      [self](const locate& l) -> caf::result<result<located>> {
        auto promise = self->make_response_promise<result<located>>();
        find(self, l.experiment, promise);
        return promise;
      },
      [self](list_experiments) { return self->delegate(self->state.near.journal, list_store{}); },
  };
}

}  // namespace vilfredo::actors
