#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "core/ports.hpp"

namespace vilfredo::test {

/// What outlives a process: the synced facts of each experiment.
struct sim_disk {
  std::map<experiment_id, std::vector<fact>> books;
  /// Called with each fact at the moment it becomes durable.
  std::function<void(experiment_id, const fact&)> on_durable;
};

/// Ways in which a store can be wrong, to prove that somebody notices.
struct sim_flaws {
  bool sync_is_a_lie = false;          ///< a commit makes durable what the commit before it was asked for
  std::function<void(fact&)> written;  ///< changes what is kept
  std::function<void(fact&)> read;     ///< changes what is loaded
};

/// One process's hold on a disk. Facts are staged in the process's memory and lost with it; a commit moves them to the
/// disk. Fails when told to, and keeps the port's promise in that: what is staged is taken back, the next call may
/// work.
class sim_journal : public journal {
public:
  explicit sim_journal(std::shared_ptr<sim_disk> disk, std::shared_ptr<const sim_flaws> flaws = {})
      : disk_(std::move(disk)), flaws_(flaws ? std::move(flaws) : std::make_shared<const sim_flaws>()) {}

  enum class call { list, load, stage, commit };
  /// The next such call fails, once.
  void fail_next(call what) { bad_[static_cast<std::size_t>(what)] = true; }
  void mend() {
    broken_ = false;
    for (auto& b : bad_) b = false;
  }
  /// Every call fails until this is taken back.
  void break_down(bool broken) { broken_ = broken; }
  /// The process is gone: what it had staged is lost, and whatever it still does has no effect.
  void power_off() {
    off_ = true;
    staged_.clear();
    unsynced_.clear();
  }
  std::uint64_t commits() const { return commits_; }
  /// How often it was called, failures included.
  std::uint64_t calls(call what) const { return calls_[static_cast<std::size_t>(what)]; }

  result<std::vector<entry>> list() override {
    if (fails(call::list)) return failure();
    std::vector<entry> out;
    for (const auto& [id, facts] : disk_->books)
      if (!facts.empty()) out.push_back({id, name_of(facts)});
    return out;
  }

  result<void> load(experiment_id experiment, const std::function<bool(fact&&)>& each,
                    std::uint64_t after = 0) override {
    if (fails(call::load)) return failure();
    std::vector<fact> all;
    if (auto book = disk_->books.find(experiment); book != disk_->books.end()) all = book->second;
    for (const auto* later : {&unsynced_, &staged_})
      for (const auto& [id, x] : *later)
        if (id == experiment) all.push_back(x);
    for (auto& x : all) {
      if (x.sequence <= after) continue;
      if (flaws_->read) flaws_->read(x);
      if (!each(std::move(x))) break;
    }
    return {};
  }

  result<void> stage(experiment_id experiment, std::span<const fact> facts) override {
    if (fails(call::stage)) {
      staged_.clear();
      return failure();
    }
    auto next = count(experiment) + 1;
    for (const auto& x : facts) {
      if (x.sequence != next++) {
        staged_.clear();
        return error{errc::internal, "fact " + std::to_string(x.sequence) + " does not continue experiment " +
                                         std::to_string(experiment.number)};
      }
      staged_.emplace_back(experiment, x);
      if (flaws_->written) flaws_->written(staged_.back().second);
    }
    return {};
  }

  result<void> commit() override {
    if (fails(call::commit)) {
      staged_.clear();
      return failure();
    }
    ++commits_;
    if (flaws_->sync_is_a_lie) {
      keep(std::exchange(unsynced_, std::exchange(staged_, {})));
    } else {
      keep(std::exchange(staged_, {}));
    }
    return {};
  }

private:
  static error failure() { return {errc::unavailable, "the store fails because the simulation says so"}; }
  bool fails(call what) {
    ++calls_[static_cast<std::size_t>(what)];
    return off_ || broken_ || std::exchange(bad_[static_cast<std::size_t>(what)], false);
  }

  std::uint64_t count(experiment_id experiment) const {
    std::uint64_t n = 0;
    if (auto book = disk_->books.find(experiment); book != disk_->books.end()) n = book->second.size();
    for (const auto* later : {&unsynced_, &staged_})
      for (const auto& x : *later) n += x.first == experiment;
    return n;
  }
  using tail = std::vector<std::pair<experiment_id, fact>>;
  void keep(tail facts) {
    for (auto& [id, x] : facts) {
      disk_->books[id].push_back(x);
      if (disk_->on_durable) disk_->on_durable(id, x);
    }
  }
  static std::string name_of(const std::vector<fact>& facts) {
    std::string name;
    for (const auto& x : facts) {
      if (auto* created = std::get_if<events::experiment_created>(&x.what)) name = created->definition->name;
      if (auto* edited = std::get_if<events::experiment_edited>(&x.what); edited && edited->changes.name)
        name = *edited->changes.name;
    }
    return name;
  }

  std::shared_ptr<sim_disk> disk_;
  std::shared_ptr<const sim_flaws> flaws_;
  tail unsynced_;  // committed by a lie
  tail staged_;
  bool bad_[4] = {};
  bool broken_ = false, off_ = false;
  std::uint64_t commits_ = 0, calls_[4] = {};
};

}  // namespace vilfredo::test
