#pragma once
#include <cstdint>
#include <memory>
#include <set>
#include <utility>

#include "core/ports.hpp"

namespace vilfredo::test {

/// A journal that fails when it is told to, around one that works.
///
/// It keeps the port's promise: a failed stage or commit takes back what was staged since the last commit, and the next
/// one may work. `power_cut` loses what is staged, as a machine would that stops before the sync.
class faulty_journal : public journal {
public:
  explicit faulty_journal(std::shared_ptr<journal> below) : below_(std::move(below)) {}

  /// The n-th call from now fails (1: the next one), once.
  void fail_stage(std::uint64_t n = 1) { bad_stages_.insert(stages_ + n); }
  void fail_commit(std::uint64_t n = 1) { bad_commits_.insert(commits_ + n); }
  void fail_load(std::uint64_t n = 1) { bad_loads_.insert(loads_ + n); }
  void fail_list(std::uint64_t n = 1) { bad_lists_.insert(lists_ + n); }
  /// Every call fails until this is taken back.
  void break_down(bool broken = true) { broken_ = broken; }
  /// Loses the unsynced tail.
  void power_cut() { take_back(); }

  std::uint64_t stages() const { return stages_; }
  std::uint64_t commits() const { return commits_; }
  std::uint64_t loads() const { return loads_; }
  /// Facts staged since the last commit or failure.
  std::uint64_t staged() const { return staged_; }
  /// Calls that failed because they were told to.
  std::uint64_t faults() const { return faults_; }

  result<std::vector<entry>> list() override {
    if (bad(++lists_, bad_lists_)) return failure();
    return below_->list();
  }

  result<void> load(experiment_id experiment, const std::function<bool(fact&&)>& each,
                    std::uint64_t after = 0) override {
    if (bad(++loads_, bad_loads_)) return failure();
    return below_->load(experiment, each, after);
  }

  result<void> stage(experiment_id experiment, std::span<const fact> facts) override {
    if (bad(++stages_, bad_stages_)) {
      take_back();
      return failure();
    }
    auto done = below_->stage(experiment, facts);
    staged_ = done ? staged_ + facts.size() : 0;
    return done;
  }

  result<void> commit() override {
    if (bad(++commits_, bad_commits_)) {
      take_back();
      return failure();
    }
    staged_ = 0;
    return below_->commit();
  }

private:
  static error failure() { return {errc::unavailable, "the store fails because the test says so"}; }

  bool bad(std::uint64_t call, std::set<std::uint64_t>& calls) {
    bool fails = calls.erase(call) > 0 || broken_;
    faults_ += fails;
    return fails;
  }

  // No experiment has number 0, so this stage fails, and by that takes back all others.
  void take_back() {
    const fact nothing;
    (void)below_->stage(experiment_id{}, std::span(&nothing, 1));
    staged_ = 0;
  }

  std::shared_ptr<journal> below_;
  std::set<std::uint64_t> bad_stages_, bad_commits_, bad_loads_, bad_lists_;
  std::uint64_t stages_ = 0, commits_ = 0, loads_ = 0, lists_ = 0, staged_ = 0, faults_ = 0;
  bool broken_ = false;
};

}  // namespace vilfredo::test
