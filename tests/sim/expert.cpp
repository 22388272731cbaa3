#include "tests/sim/expert.hpp"

#include "core/feasible.hpp"
#include "tests/sim/world.hpp"

namespace vilfredo::sim {

namespace {

command whim(world& around, std::size_t n, const record& book) {
  auto& random = around.random;
  auto trial = trial_id{1 + random.below(book.trials.size() + 1)};
  auto seen = observation_id{1 + random.below(book.highest_observation + 1)};
  auto point = [&] { return book.space->name(feasible_sampler(*book.space).draw(random)); };
  auto task = [&] {
    const auto& tasks = book.what.tasks;
    return tasks.empty() ? std::string{} : tasks[random.below(tasks.size())].name;
  };
  switch (random.below(14)) {
  case 0: return cancel{trial, "not wanted"};
  case 1: return enqueue{point(), task()};
  case 2: return observe{std::nullopt, point(), around.measure(n), around.chance(0.2) ? "did not work" : "", task()};
  case 3: return observe{trial, {}, around.measure(n), ""};
  case 4: return edit_observation{seen, around.measure(n), around.chance(0.2) ? "was wrong" : ""};
  case 5: return delete_observation{around.chance(0.5) ? seen : observation_id{book.highest_observation}};
  case 6: return delete_trial{trial};
  case 7: {
    edit_experiment e;
    e.observation_budget = 1 + random.below(20);
    return e;
  }
  case 8: {
    edit_experiment e;
    e.parallel_bandwidth = static_cast<std::uint32_t>(1 + random.below(5));
    return e;
  }
  case 9: {
    edit_experiment e;
    e.thresholds["loss"] = around.chance(0.5) ? std::optional(random.uniform()) : std::nullopt;
    return e;
  }
  case 10: return pause{};
  case 11: return release_worker{"remote 1", "somebody pulled the plug"};
  case 12: return around.chance(0.3) ? command{archive{}} : command{pause{}};
  default: return resume{};
  }
}

}  // namespace

void meddle(world& around, std::size_t n, std::uint64_t number) {
  if (around.healing()) return;
  around.later(around.between(1s, 12s), [&around, n, number] { meddle(around, n, number + 1); });
  auto id = around.id_of(n);
  auto* book = id ? around.watch.find(*id) : nullptr;
  if (!book) return;
  around.send(*id, "expert " + std::to_string(n) + "/" + std::to_string(number), whim(around, n, *book),
              [](const outcome&) {});
}

}  // namespace vilfredo::sim
