#pragma once
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/error.hpp"
#include "core/ledger.hpp"
#include "core/ports.hpp"

namespace vilfredo::app {

/// The experiment that a user means by a name or a number, or by nothing where there is but one. Among experiments of
/// one name the newest is meant: older ones are archived. A refusal lists what there is, or says what was probably
/// meant.
result<experiment_id> choose(const std::vector<journal::entry>& known, const std::optional<std::string>& wanted,
                             const std::string& store);

/// An experiment read from a store, whoever writes it meanwhile.
struct read_experiment {
  experiment_id id;
  ledger book;
};
result<std::vector<read_experiment>> read_all(const std::string& store);
result<read_experiment> read_one(const std::string& store, const std::optional<std::string>& wanted);

}  // namespace vilfredo::app
