#pragma once
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/commands.hpp"
#include "core/events.hpp"
#include "core/trial.hpp"

namespace vilfredo::sim {

/// What a bystander knows of one experiment who only reads its durable facts: a second, simpler book.
struct record {
  struct seen_trial {
    trial_state state = trial_state::queued;
    bool deleted = false;
    assignments point;
    std::optional<task_index> task;
    std::uint32_t attempt = 0;
    std::uint64_t lease = 0;
    time_point lease_until{};
    std::string worker;
    bool over = false;           ///< paused: its attempt has ended
    std::uint64_t observed = 0;  ///< the observation that ended it
    std::uint64_t extra = 0;     ///< further observations of it
  };

  std::vector<fact> facts;
  definition what;
  std::shared_ptr<const vilfredo::space> space;
  std::map<std::uint64_t, seen_trial> trials;
  std::map<std::uint64_t, observation> observations;  ///< those that were not deleted
  std::uint64_t highest_observation = 0;
  std::uint64_t plans = 0;
  bool paused = false, archived = false, stopped = false;

  std::map<std::string, std::size_t> fact_of;          ///< by request id: the place of its first fact
  std::map<std::string, command> commands;             ///< by request id: as it was sent
  std::map<std::string, answer> answers;               ///< by request id: the first that was not a refusal
  std::map<std::uint64_t, std::uint64_t> extra_asked;  ///< by trial: observe commands sent

  double consumed() const {
    double sum = 0;
    for (const auto& [id, o] : observations) sum += cost_of(what, o.task);
    return sum;
  }
  double committed() const {
    double sum = consumed();
    for (const auto& [id, t] : trials)
      if (!t.deleted &&
          (t.state == trial_state::running || t.state == trial_state::returned || t.state == trial_state::paused))
        sum += cost_of(what, t.task);
    return sum;
  }
  /// Whether what costs so much leaves nothing of the budget; sums of costs are rounded.
  bool spends(double cost) const {
    return what.observation_budget && cost > static_cast<double>(*what.observation_budget) - 1e-6;
  }
  bool spent() const { return spends(consumed()); }
};

}  // namespace vilfredo::sim
