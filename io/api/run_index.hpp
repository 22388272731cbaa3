#pragma once
#include <array>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

#include "io/api/marker.hpp"

namespace vilfredo::api {

/// What lists and budgets ask of training runs, so that they need not be read for it: about a kilobyte a run. Shared by
/// all threads.
class run_index {
public:
  /// Fields of a run that lists can be sorted and filtered by without reading it.
  static constexpr std::array<std::string_view, 14> columns{
      "experiment", "suggestion",      "observation", "created", "updated", "completed",
      "finished",   "deleted",         "favorite",    "name",    "state",   "optimized_suggestion",
      "model.type", "source_code.hash"};

  /// A further field's value; nothing where it is none of these, and the run alone tells it.
  using number = std::variant<std::monostate, std::int64_t, double>;

  struct entry {
    std::uint64_t experiment = 0;  ///< 0: of no experiment
    std::string project;
    bool finished = false, deleted = false;
    std::array<symbol, columns.size()> values{};  ///< one a column
    /// Further fields that it has: those of its assignments, metadata, values and logs, and the text of its source.
    std::vector<std::pair<std::string, number>> others;
  };
  struct counts {
    std::uint64_t active = 0, finished = 0;
    std::uint64_t total() const { return active + finished; }
  };

  /// One run as it is in a list.
  struct row {
    std::uint64_t run = 0;
    std::array<symbol, columns.size()> values{};
    struct other {
      std::uint32_t place = 0;  ///< of its name among all
      number value;
    };
    std::vector<other> others;
  };
  using shared_row = std::shared_ptr<const row>;

  /// What is known of a newer version stays.
  void put(std::uint64_t run, std::uint64_t version, entry x);
  /// Without deleted ones.
  counts of_experiment(std::uint64_t experiment) const;
  counts of_project(const std::string& project) const;
  /// Empty: there is no such run.
  std::string project_of(std::uint64_t run) const;
  /// All of them, by id.
  std::vector<std::uint64_t> runs_of(std::uint64_t experiment) const;

  /// All runs, or those of an experiment, a project or both; by id.
  std::vector<shared_row> rows(const std::optional<std::uint64_t>& experiment,
                               const std::optional<std::string>& project) const;
  /// The name of a row's further field, and how many there are.
  std::string other(std::uint32_t place) const;
  /// Nothing: no run has it.
  std::optional<std::uint32_t> place_of_other(std::string_view name) const;
  std::size_t others() const;

private:
  mutable std::mutex mutex_;
  struct known {
    std::uint64_t version = 0, experiment = 0;
    std::string project;
    bool finished = false, deleted = false;
    shared_row what;
  };
  std::map<std::uint64_t, known> all_;
  std::map<std::uint64_t, counts> experiments_;
  std::map<std::string, counts> projects_;
  std::map<std::uint64_t, std::vector<std::uint64_t>> by_experiment_;
  std::deque<std::string> others_;  // each once; as many as programs made up
  std::unordered_map<std::string_view, std::uint32_t> places_;

  void count(const known& x, bool add);
  std::uint32_t place_of(std::string&& other);
};

}  // namespace vilfredo::api
