#include "actors/optimizer_pool.hpp"

#include <algorithm>

#include "actors/thrown.hpp"
#include "optimizer/catalogue.hpp"

namespace vilfredo::actors {

namespace {

using self_pointer = pool_actor::stateful_pointer<optimizer_pool_state>;

void hire(self_pointer self) {
  auto& state = self->state;
  auto number = state.next_member++;
  pool_actor pool = self;
  auto handle = state.options.detached
                    ? self->spawn<caf::detached + caf::monitored>(run_optimizer, number, pool, state.options.plan)
                    : self->spawn<caf::monitored>(run_optimizer, number, pool, state.options.plan);
  state.members.emplace(number, optimizer_pool_state::member{handle, false, {}, {}});
}

void assign(self_pointer self) {
  auto& state = self->state;
  for (auto& [number, member] : state.members) {
    if (member.busy) continue;
    // One plan at a time an experiment, or the older could arrive after the newer.
    auto next = std::ranges::find_if(state.waiting, [&](const optimize& job) {
      return std::ranges::none_of(
          state.members, [&](const auto& m) { return m.second.busy && m.second.job.experiment == job.experiment; });
    });
    if (next == state.waiting.end()) return;
    member.busy = true;
    member.begun = self->clock().now();
    member.job = std::move(*next);
    state.waiting.erase(next);
    self->send(member.handle, member.job);
  }
}

}  // namespace

result<plan> plan_by_catalogue(const plan_job& job) {
  auto entry = find_sampler(*job.definition);
  if (!entry) return entry.error();
  return (*entry)->suggest(job);
}

optimizer_actor::behavior_type run_optimizer(optimizer_actor::pointer self, std::uint64_t number, pool_actor pool,
                                             planner plan) {
  // With a thread of its own nobody would end it.
  self->monitor(pool);
  self->set_down_handler([self](caf::down_msg& down) { self->quit(down.reason); });
  self->send(pool, idle{number});
  return {[self, number, pool, plan](const optimize& job) {
    auto made = [&]() -> result<vilfredo::plan> {
      try {
        return plan(*job.what);
      } catch (...) {
        return thrown_by("the sampler");
      }
    }();
    self->send(job.asker, optimized{job.job, std::make_shared<const result<vilfredo::plan>>(std::move(made))});
    self->send(pool, idle{number});
  }};
}

pool_actor::behavior_type run_optimizer_pool(self_pointer self, optimizer_pool_options options) {
  self->state.options = std::move(options);
  self->set_down_handler([self](caf::down_msg& down) {
    auto& state = self->state;
    auto gone = std::ranges::find_if(state.members, [&](const auto& m) { return m.second.handle == down.source; });
    if (gone == state.members.end()) return;
    if (gone->second.busy) {
      auto& job = gone->second.job;
      self->send(job.asker, optimized{job.job, std::make_shared<const result<plan>>(
                                                   error{errc::internal, "the optimizer died while it planned"})});
    }
    state.members.erase(gone);
    ++state.counted.deaths;
    hire(self);
    assign(self);
  });
  self->set_exit_handler([self](caf::exit_msg& e) {
    for (auto& [number, member] : self->state.members) {
      if (member.job.cancel) member.job.cancel->store(true);
      self->send_exit(member.handle, e.reason);
    }
    self->state.members.clear();
    self->quit(e.reason);
  });
  for (std::size_t i = 0; i < std::max<std::size_t>(1, self->state.options.optimizers); ++i) hire(self);
  return {
      [self](const optimize& job) {
        auto& waiting = self->state.waiting;
        auto older = std::ranges::find(waiting, job.experiment, &optimize::experiment);
        if (older != waiting.end())
          *older = job;
        else
          waiting.push_back(job);
        assign(self);
      },
      [self](const idle& i) {
        auto member = self->state.members.find(i.optimizer);
        if (member == self->state.members.end()) return;
        if (member->second.busy)
          self->state.counted.seconds.add(
              std::chrono::duration<double>(self->clock().now() - member->second.begun).count());
        member->second.busy = false;
        member->second.job = {};
        assign(self);
      },
      [self](const abandon& a) {
        std::erase_if(self->state.waiting, [&](const optimize& job) { return job.experiment == a.experiment; });
        for (auto& [number, member] : self->state.members)
          if (member.busy && member.job.experiment == a.experiment && member.job.cancel) member.job.cancel->store(true);
      },
      [self](measure) {
        const auto& state = self->state;
        auto out = state.counted;
        out.optimizers = state.members.size();
        out.busy =
            static_cast<std::size_t>(std::ranges::count_if(state.members, [](const auto& m) { return m.second.busy; }));
        out.waiting = state.waiting.size();
        return out;
      },
  };
}

}  // namespace vilfredo::actors
