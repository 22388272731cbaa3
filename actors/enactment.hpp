#pragma once
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <utility>

#include "core/commands.hpp"
#include "core/error.hpp"
#include "core/ids.hpp"
#include "core/ledger.hpp"

namespace vilfredo::actors {

/// A change that somebody who is no actor wants of an experiment, on its way there; whoever holds it last answers.
///
/// `answer` is called exactly once and nothing else after it: with what came of it, or, where this is dropped on its
/// way because an actor ended, with errc::unavailable. So the functions may refer to what lives until the answer. All
/// are called on actors' threads and must be quick.
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
  result<request> decide(const ledger& book) { return decide_(book); }
  /// Shows the ledger as the command left it, and the answer; once at most, and not a refusal.
  void show(const ledger& book, const vilfredo::answer& given) {
    if (auto seen = std::exchange(seen_, nullptr)) seen(book, given);
  }
  void settle(outcome what) { std::exchange(answer_, nullptr)(std::move(what)); }

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
  std::shared_ptr<std::atomic<std::size_t>> counted_in_;
};

}  // namespace vilfredo::actors
