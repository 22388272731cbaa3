#include "actors/feed.hpp"

namespace vilfredo::actors {

namespace {

void count(feed_measures& into, const std::vector<fact>& facts) {
  for (const auto& x : facts) {
    ++into.facts[x.what.index()];
    if (auto* issued = std::get_if<events::trial_issued>(&x.what)) ++into.asked[static_cast<std::size_t>(issued->from)];
  }
}

feed_measures measures(const feed_state& state) {
  auto out = state.counted;
  for (const auto& [id, now] : state.known) {
    ++out.experiments[static_cast<std::size_t>(now.state)];
    for (std::size_t i = 0; i < now.trials.size(); ++i) out.trials[i] += now.trials[i];
  }
  return out;
}

}  // namespace

feed_actor::behavior_type run_feed(feed_actor::stateful_pointer<feed_state> self) {
  return {
      [self](const published& p) {
        auto& state = self->state;
        state.known[p.experiment] = p.standing;
        count(state.counted, *p.facts);
        if (p.facts->empty()) return;
        std::erase_if(state.subscribers, [&](auto& listener) {
          try {
            listener.second(p);
            return false;
          } catch (...) {
            return true;
          }
        });
      },
      [self](const faulted&) { ++self->state.counted.faults; },
      [self](const subscribe& s) {
        self->state.subscribers.emplace(self->state.next, s.deliver);
        return self->state.next++;
      },
      [self](const unsubscribe& u) { self->state.subscribers.erase(u.subscription); },
      [self](measure) { return measures(self->state); },
  };
}

}  // namespace vilfredo::actors
