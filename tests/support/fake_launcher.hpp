#pragma once
#include <functional>
#include <map>
#include <utility>
#include <vector>

#include "core/ports.hpp"

namespace vilfredo::test {

/// Starts no programs: a test says what each of them says.
class fake_launcher : public launcher {
public:
  struct run {
    trial_run what;
    std::function<void(run_message)> tell;
    bool told_to_stop = false;
  };

  void start(run_key key, trial_run what, std::function<void(run_message)> tell) override {
    runs.insert_or_assign(key, run{std::move(what), std::move(tell), false});
    ++started;
    if (on_start) on_start(key);
  }
  void stop(run_key key) override {
    auto found = runs.find(key);
    if (found == runs.end() || found->second.told_to_stop) return;
    found->second.told_to_stop = true;
    if (on_stop) on_stop(key);
  }
  void end_leftovers(experiment_id, trial_id trial) override { leftovers_ended.push_back(trial); }

  void say(run_key key, run_message what) {
    auto tell = runs.at(key).tell;
    if (std::holds_alternative<run_exit>(what)) runs.erase(key);
    tell(std::move(what));
  }
  void exit(run_key key, int code = 0) {
    run_exit how;
    how.code = code;
    how.stopped = runs.at(key).told_to_stop;
    say(key, how);
  }

  std::map<run_key, run> runs;  ///< those that live
  std::size_t started = 0;
  std::vector<trial_id> leftovers_ended;
  std::function<void(run_key)> on_start, on_stop;
};

}  // namespace vilfredo::test
