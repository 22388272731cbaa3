#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "app/sheet.hpp"
#include "core/ledger.hpp"

namespace vilfredo::app {

/// Where an experiment is kept, to name it in sentences.
struct address {
  std::string store;  ///< or the URL of a daemon
  experiment_id experiment;
  bool remote = false;
};

/// Reasons of the failed observations with how often each came, the most frequent first.
std::vector<std::pair<std::string, std::uint64_t>> failures_by_reason(const ledger& book);

/// The state of an experiment in words: "finished: the budget is spent", "stopped: …".
std::string state_in_words(const ledger& book);

/// One row an experiment, for `list`.
sheet list_sheet(const std::vector<std::pair<address, const ledger*>>& experiments);
/// All that `status` tells, for programs.
nlohmann::ordered_json overview_json(const address& where, const ledger& book);
/// The same for people: counts, front, best by each metric, failures.
view::lines overview(const address& where, const ledger& book, const view::style& how);
/// The command that shows the front again.
std::string show_again(const address& where, const ledger& book);

}  // namespace vilfredo::app
