#pragma once
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/error.hpp"
#include "core/events.hpp"
#include "core/ledger.hpp"
#include "optimizer/stopping/stopper.hpp"

namespace vilfredo::stopping {

/// Why a trial is to stop or to wait.
struct verdict {
  std::string rule;
  std::string reason;
  bool pause = false;  ///< it may go on later
};

/// The stopping rules of one experiment and what they know: it hears of every fact that the ledger has taken in.
/// Nothing of it is stored; it is a function of the ledger.
class board {
public:
  /// Refuses unknown rules and options in a sentence.
  static result<board> make(const definition& x);
  board(const board& other);
  board(board&&) noexcept = default;
  board& operator=(board&&) noexcept = default;

  /// What the ledger knows by now; forgets what it heard before.
  void rebuild(const ledger& book);
  /// The ledger has taken in this fact.
  void heard(const ledger& book, const fact& x);
  /// The verdict on a trial that has just reported, or nothing.
  std::optional<verdict> judge(const ledger& book, const events::progress_reported& last) const;

  /// The paused trial that should go on first, if any should and may.
  std::optional<trial_id> promoted(const ledger& book, stopper::moment when);

private:
  struct rule {
    std::string name;
    std::unique_ptr<stopper> what;
  };
  using group = std::vector<rule>;
  board() = default;
  template <class F>
  void each_rule(F f) {
    for (auto& g : groups_)
      for (auto& r : g) f(*r.what);
  }
  void paused(const trial& t, const curve& course);
  void ended(const ledger& book, trial_id id);

  std::vector<group> groups_;
  std::unordered_map<std::uint64_t, curve> open_;  // by trial
  bool outdated_ = false;                          // a trial was deleted or a threshold moved since the last report
  bool pauses_ = false;                            // one of the rules does
};

}  // namespace vilfredo::stopping
