#pragma once
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace vilfredo::api {

/// What lists and budgets ask of training runs, so that they need not be read for it. Shared by all threads.
class run_index {
public:
  struct entry {
    std::uint64_t experiment = 0;  ///< 0: of no experiment
    std::string project;
    bool finished = false, deleted = false;
  };
  struct counts {
    std::uint64_t active = 0, finished = 0;
    std::uint64_t total() const { return active + finished; }
  };

  /// What is known of a newer version stays.
  void put(std::uint64_t run, std::uint64_t version, entry x);
  /// Without deleted ones.
  counts of_experiment(std::uint64_t experiment) const;
  counts of_project(const std::string& project) const;
  /// Empty: there is no such run.
  std::string project_of(std::uint64_t run) const;
  /// All of them, by id.
  std::vector<std::uint64_t> runs_of(std::uint64_t experiment) const;

private:
  mutable std::mutex mutex_;
  struct known {
    std::uint64_t version = 0;
    entry what;
  };
  std::map<std::uint64_t, known> all_;
  std::map<std::uint64_t, counts> experiments_;
  std::map<std::string, counts> projects_;
  std::map<std::uint64_t, std::vector<std::uint64_t>> by_experiment_;

  void count(const entry& x, bool add);
};

}  // namespace vilfredo::api
