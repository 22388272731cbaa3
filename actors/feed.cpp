#include "actors/feed.hpp"

namespace vilfredo::actors {

feed_actor::behavior_type run_feed(feed_actor::stateful_pointer<feed_state> self) {
  return {
      [self](const published& p) {
        std::erase_if(self->state.subscribers, [&](auto& listener) {
          try {
            listener.second(p);
            return false;
          } catch (...) {
            return true;
          }
        });
      },
      [self](const subscribe& s) {
        self->state.subscribers.emplace(self->state.next, s.deliver);
        return self->state.next++;
      },
      [self](const unsubscribe& u) { self->state.subscribers.erase(u.subscription); },
  };
}

}  // namespace vilfredo::actors
