#include "core/ledger.hpp"

#include <algorithm>
#include <cstdio>

#include "core/planted.hpp"
#include "core/random.hpp"
#include "core/request_id.hpp"
#include "core/text.hpp"

namespace vilfredo {

namespace {
std::string brief(double x) {
  char out[32];
  std::snprintf(out, sizeof out, "%.4g", x);
  return out;
}
}  // namespace

const char* to_string(experiment_state x) {
  switch (x) {
  case experiment_state::active: return "active";
  case experiment_state::paused: return "paused";
  case experiment_state::stopped: return "stopped";
  case experiment_state::finished: return "finished";
  case experiment_state::archived: return "archived";
  }
  return "?";
}

experiment_state ledger::state() const {
  if (archived_) return experiment_state::archived;
  if (definition_->observation_budget && definition_->strict_budget && consumed() >= spent_at())
    return experiment_state::finished;
  if (stopped_) return experiment_state::stopped;
  if (paused_) return experiment_state::paused;
  return experiment_state::active;
}

std::vector<const trial*> ledger::trials() const {
  std::vector<const trial*> out;
  for (const auto& t : trials_)
    if (t) out.push_back(&*t);
  return out;
}

const trial* ledger::find(trial_id x) const {
  if (x.number == 0 || x.number > trials_.size() || !trials_[x.number - 1]) return nullptr;
  return &*trials_[x.number - 1];
}

trial* ledger::find_mutable(trial_id x) { return const_cast<trial*>(find(x)); }

std::optional<std::size_t> ledger::place(observation_id x) const {
  // Ids ascend along the history: observations are appended with rising ids and only ever taken out.
  std::size_t low = 0, high = observations_.size();
  while (low < high) {
    auto middle = (low + high) / 2;
    if (observations_[middle].id < x)
      low = middle + 1;
    else
      high = middle;
  }
  if (low < observations_.size() && observations_[low].id == x) return low;
  return std::nullopt;
}

const observation* ledger::find(observation_id x) const {
  auto at = place(x);
  return at ? &observations_[*at] : nullptr;
}

double ledger::cost_of_all(const std::map<task_index, std::uint64_t>& cheaper, std::uint64_t all) const {
  double out = static_cast<double>(all);
  for (const auto& [task, n] : cheaper) out -= static_cast<double>(n) * (1 - definition_->tasks[task].cost);
  return out;
}

double ledger::consumed() const { return cost_of_all(seen_cheaper_, observations_.size()); }

double ledger::committed() const {
  auto held = count(trial_state::running) + count(trial_state::returned);
  if (!VILFREDO_BUG(pause_frees_budget)) held += count(trial_state::paused);
  return consumed() + cost_of_all(held_cheaper_, held);
}

bool ledger::used_up() const {
  return sampler_done_ && count(trial_state::queued) == 0 &&
         !serving_.stale([&](const assignments& x) { return pending(x); });
}

double ledger::spent_at() const {
  // Costs add up with rounding errors; ten of 0.1 are one.
  constexpr double nearly = 1e-9;
  return static_cast<double>(*definition_->observation_budget) - nearly;
}

bool ledger::budget_left(double more) const {
  if (!definition_->strict_budget) return true;
  if (VILFREDO_BUG(budget_without_leases)) return !definition_->observation_budget || consumed() + more < spent_at();
  return !definition_->observation_budget || committed() + more < spent_at();
}

std::optional<trial_id> ledger::retryable(time_point now) const {
  if (retries_.empty() || retries_.begin()->first > now) return std::nullopt;
  return retries_.begin()->second;
}

std::optional<trial_id> ledger::first_queued() const {
  if (queue_.empty()) return std::nullopt;
  return queue_.front();
}

bool ledger::pending(const assignments& x) const { return pending_.contains(fingerprint(x)); }

issued ledger::issued_answer(const trial& x) const {
  return {x.id, x.attempt, x.point, x.from, derive_seed(definition_->seed, x.id.number), x.lease_until, x.task};
}

std::optional<events::experiment_stopped> ledger::rule_fulfilled() const {
  if (stopped_ || archived_) return std::nullopt;
  const auto& rules = definition_->stop_when;
  if (rules.failed && summary_.failed() >= *rules.failed)
    return events::experiment_stopped{"failed", std::to_string(summary_.failed()) + " observations have failed"};
  if (rules.stagnation && summary_.since_improvement() >= *rules.stagnation)
    return events::experiment_stopped{"stagnation", "no improvement in the last " +
                                                        std::to_string(summary_.since_improvement()) + " observations"};
  if (rules.improbable)
    if (auto p = summary_.chance_of_improvement(rules.improbable->observations); p < rules.improbable->probability)
      return events::experiment_stopped{"stagnation", "after " + std::to_string(summary_.since_improvement()) +
                                                          " observations without improvement, one within the next " +
                                                          std::to_string(rules.improbable->observations) +
                                                          " has a probability of " + brief(p)};
  if (rules.steps && steps_ >= *rules.steps)
    return events::experiment_stopped{"steps", text::number(steps_) + " steps have been run"};
  for (std::size_t i = 0; i < definition_->metrics.size() && !rules.cost.empty(); ++i) {
    auto limit = rules.cost.find(definition_->metrics[i].name);
    if (limit != rules.cost.end() && summary_.total(i) >= limit->second)
      return events::experiment_stopped{"cost", "\"" + limit->first + "\" comes to " + brief(summary_.total(i)) +
                                                    " over all observations"};
  }
  if (!rules.target.empty() && !observations_.empty()) {
    const auto& last = observations_[observations_.size() - 1];
    bool reached = last.final();
    for (std::size_t i = 0; reached && i < definition_->metrics.size(); ++i) {
      auto m = definition_->metrics[i];
      auto target = rules.target.find(m.name);
      if (target == rules.target.end()) continue;
      m.threshold = target->second;
      reached = meets(m, last.values[i]);
    }
    if (reached)
      return events::experiment_stopped{"target",
                                        "observation " + std::to_string(last.id.number) + " meets the target"};
  }
  if (count(trial_state::running) + count(trial_state::returned) + count(trial_state::paused) == 0 && used_up())
    return events::experiment_stopped{"space", "every configuration has been tried"};
  return std::nullopt;
}

ledger::request_key ledger::key_of(const std::string& request_id) {
  return {stable_hash(request_id), stable_hash("again:" + request_id)};
}

bool ledger::created_by(const std::string& request_id) const {
  const memo* found = requests_.find(key_of(any_print(request_id)));
  if (!found) found = requests_.find(key_of(std::string(bare_id(request_id))));
  // Index 0 is experiment_created.
  return !request_id.empty() && found && found->event == 0;
}

std::optional<outcome> ledger::remembered(const request& x) const {
  if (x.request_id.empty()) return std::nullopt;
  const bool has_print = print_of(x.request_id) != 0;
  const memo* found = requests_.find(key_of(x.request_id));
  bool for_another = false;
  if (!found) {
    found = requests_.find(key_of(any_print(x.request_id)));
    for_another = found && has_print;
  }
  if (!found && has_print) found = requests_.find(key_of(std::string(bare_id(x.request_id))));
  if (!found) return std::nullopt;
  const memo& m = *found;
  auto was = [&]<class... E>(std::type_identity<E>...) { return ((m.event == events::event{E{}}.index()) || ...); };
  using std::type_identity;
  auto mismatch = [&] {
    return outcome{error{errc::reused, "request id \"" + std::string(bare_id(x.request_id)) +
                                           "\" was used for another command; use a new one for each command"}};
  };
  if (for_another) return mismatch();
  return std::visit(
      [&](const auto& wanted) -> std::optional<outcome> {
        using C = std::decay_t<decltype(wanted)>;
        if constexpr (std::is_same_v<C, ask>) {
          if (!was(type_identity<events::trial_issued>{})) return mismatch();
          const trial* t = find(m.trial);
          if (!t) return outcome{error{errc::not_found, "trial " + std::to_string(m.trial.number) + " was deleted"}};
          auto again = issued_answer(*t);
          again.attempt = m.attempt;
          return outcome{answer{again}};
        } else if constexpr (std::is_same_v<C, enqueue>) {
          if (!was(type_identity<events::trial_queued>{})) return mismatch();
          return outcome{answer{enqueued{m.trial}}};
        } else if constexpr (std::is_same_v<C, observe_many>) {
          if (!was(type_identity<events::batch_begun>{})) return mismatch();
          recorded_many all;
          for (std::uint32_t i = 0; i < m.attempt; ++i) {
            observation_id id{m.observation.number + i};
            const observation* seen = find(id);
            all.items.push_back({seen ? seen->trial : trial_id{}, id, false, true});
          }
          return outcome{answer{std::move(all)}};
        } else if constexpr (std::is_same_v<C, complete> || std::is_same_v<C, fail> || std::is_same_v<C, observe>) {
          using E = std::conditional_t<
              std::is_same_v<C, complete>, events::trial_completed,
              std::conditional_t<std::is_same_v<C, fail>, events::trial_failed, events::observation_added>>;
          bool ended = std::is_same_v<C, observe> &&
                       was(type_identity<events::trial_completed>{}, type_identity<events::trial_failed>{});
          bool discarded = !std::is_same_v<C, observe> && was(type_identity<events::result_discarded>{});
          if (!discarded && !ended && !was(type_identity<E>{})) return mismatch();
          return outcome{answer{recorded{m.trial, m.observation, m.late, !discarded}}};
        } else if constexpr (std::is_same_v<C, give_back>) {
          if (!was(type_identity<events::trial_returned>{}, type_identity<events::trial_failed>{},
                   type_identity<events::attempt_ended>{}))
            return mismatch();
          return outcome{answer{given_back{m.trial, !was(type_identity<events::trial_failed>{})}}};
        } else if constexpr (std::is_same_v<C, report> || std::is_same_v<C, heartbeat>) {
          // Whether to go on is judged by the present state, so these are answered anew.
          if (!was(type_identity<events::progress_reported>{}, type_identity<events::lease_renewed>{}))
            return mismatch();
          const trial* t = find(m.trial);
          if (t && t->state == trial_state::running && t->attempt == m.attempt) return outcome{answer{advice{}}};
          if (t && t->state == trial_state::paused && t->attempt == m.attempt)
            return outcome{answer{advice{true, t->reason, false, true}}};
          return outcome{answer{advice{true, "trial " + std::to_string(m.trial.number) + " has ended", true}}};
        } else {
          bool same = false;
          if constexpr (std::is_same_v<C, release_worker>)
            same = was(type_identity<events::trial_returned>{}, type_identity<events::trial_failed>{},
                       type_identity<events::attempt_ended>{});
          else if constexpr (std::is_same_v<C, cancel>)
            same = was(type_identity<events::trial_cancelled>{});
          else if constexpr (std::is_same_v<C, edit_observation>)
            same = was(type_identity<events::observation_edited>{});
          else if constexpr (std::is_same_v<C, delete_observation>)
            same = was(type_identity<events::observation_deleted>{});
          else if constexpr (std::is_same_v<C, delete_trial>)
            same = was(type_identity<events::observation_deleted>{}, type_identity<events::trial_deleted>{});
          else if constexpr (std::is_same_v<C, edit_experiment>)
            same = was(type_identity<events::experiment_edited>{});
          else if constexpr (std::is_same_v<C, pause>)
            same = was(type_identity<events::experiment_paused>{});
          else if constexpr (std::is_same_v<C, resume>)
            same = was(type_identity<events::experiment_resumed>{});
          else if constexpr (std::is_same_v<C, archive>)
            same = was(type_identity<events::experiment_archived>{});
          else if constexpr (std::is_same_v<C, annotate>)
            same = was(type_identity<events::trial_annotated>{});
          if (!same) return mismatch();
          return outcome{answer{done{}}};
        }
      },
      x.what);
}

}  // namespace vilfredo
