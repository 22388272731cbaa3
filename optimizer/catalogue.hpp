#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/definition.hpp"
#include "optimizer/sampler.hpp"

namespace vilfredo {

/// One option of a sampler or a stopping rule.
struct option_description {
  const char* name;
  const char* type;         ///< "number", "integer", "boolean", "string", or "metric": the name of one
  const char* meaning;      ///< with its default
  double min = 0, max = 0;  ///< numbers and integers
};

/// A number or integer option of a component whose options are sound, or `otherwise`.
double number_option(const component& x, const std::string& name, double otherwise);

/// Refuses options that are not listed, with a "did you mean", and values of the wrong type or out of range. `place` is
/// the key in the job file.
result<void> check_options(const component& x, std::span<const option_description> listed, const std::string& place);

/// The end of a sentence on an unknown name: what was meant perhaps, or else all that there are.
std::string one_of(const std::string& name, const std::vector<std::string>& known);

/// One line of the list from names to samplers.
struct sampler_entry {
  const char* name = nullptr;
  const char* summary = nullptr;
  vilfredo::suggest suggest = nullptr;
  /// Learns from observations; the others' candidates never go stale and need no initial design.
  bool uses_history = false;
  /// Its candidates and no others may be tried: nothing fills in while there is none, or after the last.
  bool exhaustive = false;
  /// Serves experiments whose metrics are all constraints: many configurations that meet them are wanted.
  bool searches = false;
  /// Suggests trials of cheaper tasks and learns from them; to the others these are not there.
  bool uses_tasks = false;
  std::span<const option_description> options = {};
};

std::span<const sampler_entry> samplers();

/// The sampler that a definition asks for, `auto` and the experiment's type resolved; unknown names and options are
/// refused with a "did you mean".
result<const sampler_entry*> find_sampler(const definition& x);

}  // namespace vilfredo
