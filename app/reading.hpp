#pragma once
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/experiments.hpp"
#include "app/place.hpp"
#include "core/error.hpp"

namespace vilfredo::app {

/// The experiment that a user means by a name or a number, or by nothing where there is but one. Among experiments of
/// one name the newest is meant: older ones are archived. A refusal lists what there is, or says what was probably
/// meant.
result<experiment_id> choose(const std::vector<journal::entry>& known, const std::optional<std::string>& wanted,
                             const place& where);

struct read_experiment {
  experiment_id id;
  std::shared_ptr<const ledger> book;
};
result<std::vector<read_experiment>> read_all(const place& where);
result<read_experiment> read_one(const place& where, const std::optional<std::string>& wanted);

}  // namespace vilfredo::app
