#pragma once
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include "actors/thrown.hpp"
#include "core/commands.hpp"
#include "core/error.hpp"
#include "core/ids.hpp"
#include "core/ledger.hpp"

namespace vilfredo::actors {

/// A change that somebody who is no actor wants of an experiment, on its way there; whoever holds it last answers.
///
/// `answer` is called exactly once and nothing else after it: with what came of it, or, where this is dropped on its
/// way because an actor ended, with errc::unavailable. So the functions may refer to what lives until the answer. All
/// are called on actors' threads and must be quick. What they throw goes no further: the answer is errc::internal then,
/// though what was decided before `seen` threw has been carried out.
class enactment {
public:
  enactment(experiment_id experiment, std::function<result<request>(const ledger&)> decide,
            std::function<void(const ledger&, const answer&)> seen, std::function<void(outcome)> answer)
      : experiment_(experiment), decide_(std::move(decide)), seen_(std::move(seen)), answer_(std::move(answer)) {}
  enactment(const enactment&) = delete;
  ~enactment() {
    if (answer_) settle(error{errc::unavailable, "the orchestrator is restarting; try again"});
    if (counted_in_) --*counted_in_;
  }

  experiment_id experiment() const { return experiment_; }
  /// What the experiment is to do, as it stands; once at most.
  result<request> decide(const ledger& book) {
    try {
      return decide_(book);
    } catch (...) {
      return thrown_by("what was to be decided of the experiment");
    }
  }
  /// Shows the ledger as the command left it, and the answer; once at most, and not a refusal.
  void show(const ledger& book, const vilfredo::answer& given) {
    auto seen = std::exchange(seen_, nullptr);
    if (!seen) return;
    try {
      seen(book, given);
    } catch (...) {
      unseen_ = thrown_by("the command was carried out, but who was shown what came of it");
    }
  }
  void settle(outcome what) noexcept {
    auto answer = std::exchange(answer_, nullptr);
    try {
      answer(unseen_ ? outcome{*std::move(unseen_)} : std::move(what));
    } catch (...) {
      // Whoever was answered has been told; there is nobody else.
    }
  }

  /// `among` is one more as long as this lives.
  void count_in(std::shared_ptr<std::atomic<std::size_t>> among) {
    counted_in_ = std::move(among);
    ++*counted_in_;
  }

private:
  const experiment_id experiment_;
  std::function<result<request>(const ledger&)> decide_;
  std::function<void(const ledger&, const vilfredo::answer&)> seen_;
  std::function<void(outcome)> answer_;
  std::optional<error> unseen_;  // what `seen` threw
  std::shared_ptr<std::atomic<std::size_t>> counted_in_;
};

}  // namespace vilfredo::actors
