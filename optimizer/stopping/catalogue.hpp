#pragma once
#include <memory>
#include <span>

#include "core/definition.hpp"
#include "core/error.hpp"
#include "optimizer/catalogue.hpp"
#include "optimizer/stopping/stopper.hpp"

namespace vilfredo::stopping {

/// One line of the list from names to stopping rules.
struct stopper_entry {
  const char* name;
  const char* summary;
  result<std::unique_ptr<stopper>> (*make)(const component& options, const definition& x);
  std::span<const option_description> options;
};

std::span<const stopper_entry> stoppers();

/// The rule that a component of `x.early_stopping` names; unknown names and options are refused with a "did you mean".
result<std::unique_ptr<stopper>> make_stopper(const component& named, const definition& x);

}  // namespace vilfredo::stopping
