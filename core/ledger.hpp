#pragma once
#include <array>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/commands.hpp"
#include "core/error.hpp"
#include "core/events.hpp"
#include "core/hash_table.hpp"
#include "core/serving.hpp"
#include "core/space.hpp"
#include "core/summary.hpp"
#include "core/trial.hpp"

namespace vilfredo {

enum class experiment_state {
  active,
  paused,    ///< hands out nothing until resumed
  stopped,   ///< a stop rule ended it
  finished,  ///< the budget is spent
  archived,
};
const char* to_string(experiment_state);

/// What a command implies: facts to apply in order, then the answer.
struct decision {
  std::vector<events::event> events;
  answer reply = done{};
};

/// One experiment as the fold of its facts.
///
/// `decide` says which facts a command implies and changes nothing; `apply` takes a fact in and decides nothing. The
/// same facts always give the same state (`dump`), so recovery is replay. Asks are decided by the engine, which knows
/// samplers; all else here.
class ledger {
public:
  /// Starts from the first fact, experiment_created.
  static result<ledger> open(const fact& created);

  /// Fails, and changes nothing, when the fact cannot follow: only a damaged or foreign journal holds such a fact.
  result<void> apply(const fact& x);
  /// Every command but ask and withdraw.
  result<decision> decide(const command& what, time_point now) const;
  /// A stop rule that the present state fulfils, besides the clock's.
  std::optional<events::experiment_stopped> rule_fulfilled() const;
  /// The answer given to this request id, if it was seen before; conflict when it named another kind of command.
  std::optional<outcome> remembered(const request& x) const;
  issued issued_answer(const trial& x) const;
  /// Whether the experiment was created by a request with this id.
  bool created_by(const std::string& request_id) const;

  const vilfredo::definition& definition() const { return *definition_; }
  std::shared_ptr<const vilfredo::definition> shared_definition() const { return definition_; }
  const vilfredo::space& space() const { return *space_; }
  std::shared_ptr<const vilfredo::space> shared_space() const { return space_; }

  experiment_state state() const;
  const std::string& stop_reason() const { return stop_reason_; }
  std::uint64_t facts() const { return facts_; }
  vilfredo::revision revision() const { return revision_; }
  time_point created() const { return created_; }
  time_point last_fact_at() const { return last_at_; }
  std::optional<time_point> first_issued() const { return first_issued_; }

  /// All trials by id, without the deleted ones.
  std::vector<const trial*> trials() const;
  const trial* find(trial_id x) const;
  const observation* find(observation_id x) const;
  const history& observations() const { return observations_; }
  /// What no longer counts, in the order of deletion.
  const std::vector<observation>& deleted_observations() const { return deleted_observations_; }
  const vilfredo::summary& summary() const { return summary_; }
  std::size_t count(trial_state x) const { return counts_[static_cast<std::size_t>(x)]; }
  /// Trials that are queued, running, returned or paused, by id.
  const std::set<trial_id>& open_trials() const { return open_; }

  /// What observations have taken of the budget: their number, or the sum of their tasks' costs.
  double consumed() const;
  /// The same with trials on their way to an observation: never above the budget, whatever is asked; with tasks, above
  /// it by less than the last trial's cost.
  double committed() const;
  /// Another trial may be handed out for the first time.
  /// Also when trials of the cost `more` are committed besides.
  bool budget_left(double more = 0) const;
  trial_id next_trial() const { return {trials_.size() + 1}; }
  observation_id next_observation() const { return {next_observation_}; }
  /// Steps run by all trials: the sum of the highest ones that they reported.
  double steps() const { return steps_; }
  /// The returned trial that has waited longest and may be tried again at `now`.
  std::optional<trial_id> retryable(time_point now) const;
  std::optional<trial_id> first_queued() const;
  /// Nothing new can be suggested at present: the sampler is done, and its candidates are used up or being tried.
  bool used_up() const;
  /// A running, returned or paused trial has exactly these assignments.
  bool pending(const assignments& x) const;
  bool observed(const assignments& x) const { return seen_.contains(fingerprint(x)); }

  const vilfredo::serving& serving() const { return serving_; }
  std::uint64_t plans() const { return plans_; }
  std::uint64_t candidates_planned() const { return candidates_planned_; }
  vilfredo::revision last_planned() const { return last_planned_; }
  const std::string& hint() const { return hint_; }
  bool sampler_done() const { return sampler_done_; }
  std::uint64_t sequence_used() const { return sequence_used_; }

  /// The whole state as canonical text: equal states, equal bytes.
  std::string dump() const;

  /// A trial whose attempts were lost this often fails: it may be what kills its workers.
  static constexpr std::uint32_t most_losses = 10;
  static constexpr std::size_t most_reports = 100'000;  ///< a trial
  static constexpr std::size_t most_queued = 100'000;

private:
  friend struct ledger_applier;
  friend struct ledger_decider;
  struct memo {
    trial_id trial;
    observation_id observation;
    std::uint32_t attempt = 0;  // of a batch: how many observations
    std::uint8_t event = 0;     // index in events::event
    bool late = false;
  };
  using request_key = std::array<std::uint64_t, 2>;
  static request_key key_of(const std::string& request_id);

  trial* find_mutable(trial_id x);
  void move(trial& x, trial_state to, time_point now);
  std::optional<std::size_t> place(observation_id x) const;
  void learn(observation x);
  double spent_at() const;
  double cost_of_all(const std::map<task_index, std::uint64_t>& cheaper, std::uint64_t all) const;

  std::shared_ptr<const vilfredo::definition> definition_;
  std::shared_ptr<const vilfredo::space> space_;
  std::uint64_t facts_ = 0;
  vilfredo::revision revision_ = 0;
  time_point created_{}, last_at_{};
  std::optional<time_point> first_issued_;
  bool paused_ = false, archived_ = false, stopped_ = false;
  std::string stop_reason_;
  std::deque<std::optional<trial>> trials_;  // trial n at n − 1; none: deleted
  std::array<std::size_t, 8> counts_{};
  std::set<trial_id> open_;
  std::deque<trial_id> queue_;
  std::set<std::pair<time_point, trial_id>> retries_;
  hash_table<std::uint64_t, std::uint32_t> pending_, seen_;          // how many by fingerprint
  std::map<task_index, std::uint64_t> held_cheaper_, seen_cheaper_;  // held; observed
  double steps_ = 0;
  history observations_;
  std::vector<observation> deleted_observations_;
  std::uint64_t next_observation_ = 1;
  vilfredo::summary summary_{vilfredo::definition{}};
  vilfredo::serving serving_;
  std::uint64_t plans_ = 0, candidates_planned_ = 0, sequence_used_ = 0;
  vilfredo::revision last_planned_ = 0;
  std::string hint_;
  bool sampler_done_ = false;
  hash_table<request_key, memo> requests_;
};

}  // namespace vilfredo
