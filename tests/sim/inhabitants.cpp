#include "tests/sim/inhabitants.hpp"

#include <algorithm>
#include <memory>

#include "tests/sim/expert.hpp"
#include "tests/sim/remote_worker.hpp"
#include "tests/sim/world.hpp"

namespace vilfredo::sim {

namespace {

/// Creates an experiment, however often that takes.
void found(world& around, std::size_t n) {
  if (around.id_of(n)) return;
  around.later(around.between(3s, 8s), [&around, n] { found(around, n); });
  around.with_registry([&around, n](caf::event_based_actor* self, const actors::registry_actor& registry) {
    auto definition = std::make_shared<const vilfredo::definition>(around.what.experiments[n]);
    self->request(registry, std::chrono::seconds(30), actors::create{definition, "create/" + std::to_string(n)})
        .then(
            [&around, n](result<actors::located>& made) {
              if (made) return around.created(n, made->experiment);
              if (made.error().code != errc::unavailable && made.error().code != errc::conflict)
                around.watch.violated("I13 liveness", "an experiment cannot be created: " + made.error().message);
            },
            [](caf::error&) {});
  });
}

/// Reads an experiment again and again.
void look(world& around, std::size_t n) {
  if (around.healing()) return;
  around.later(around.between(500ms, 4s), [&around, n] { look(around, n); });
  auto id = around.id_of(n);
  if (!id) return;
  around.with_registry([&around, id = *id](caf::event_based_actor* self, const actors::registry_actor& registry) {
    self->request(registry, std::chrono::seconds(30), actors::locate{id})
        .then(
            [&around, id, self](result<actors::located>& where) {
              if (!where) return;
              auto at_least = around.watch.facts(id);
              self->request(where->handle, std::chrono::seconds(30), actors::describe{})
                  .then(
                      [&around, id, at_least](result<actors::loaded>& got) {
                        if (got) around.watch.read(id, *got->book, at_least);
                      },
                      [](caf::error&) {});
            },
            [](caf::error&) {});
  });
}

void end_pauses(world& around, std::size_t n, std::uint64_t sent = 0) {
  around.later(5s, [&around, n, sent] { end_pauses(around, n, sent + 1); });
  auto id = around.id_of(n);
  auto* book = id ? around.watch.find(*id) : nullptr;
  if (book && (book->paused || book->archived) && sent % 4 == 0)
    around.send(*id, "closer/" + std::to_string(n) + "/" + std::to_string(sent), resume{}, [](const outcome&) {});
}

}  // namespace

void inhabit(world& around) {
  for (std::size_t n = 0; n < around.experiments(); ++n) {
    found(around, n);
    if (around.what.reader) around.later(around.between(0s, 4s), [&around, n] { look(around, n); });
    if (around.what.expert) around.later(around.between(1s, 10s), [&around, n] { meddle(around, n, 1); });
  }
  for (std::size_t i = 0; i < around.what.remotes; ++i)
    employ_remote(around, i % around.experiments(), "remote " + std::to_string(i + 1));
}

void settle_down(world& around, std::size_t n) {
  employ_remote(around, n, "last " + std::to_string(n + 1));
  end_pauses(around, n);
}

}  // namespace vilfredo::sim
