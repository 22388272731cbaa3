#pragma once
#include <span>
#include <string>
#include <string_view>

#include "core/definition.hpp"
#include "optimizer/sampler.hpp"

namespace vilfredo {

struct sampler_option {
  const char* name;
  const char* type;         ///< "number", "integer", "boolean" or "string"
  const char* meaning;      ///< with its default
  double min = 0, max = 0;  ///< numbers and integers
};

/// A number or integer option of a component whose options are sound, or `otherwise`.
double number_option(const component& x, const std::string& name, double otherwise);

/// One line of the list from names to samplers.
struct sampler_entry {
  const char* name;
  const char* summary;
  vilfredo::suggest suggest;
  /// Learns from observations; the others' candidates never go stale and need no initial design.
  bool uses_history;
  /// Its candidates and no others may be tried: nothing fills in while there is none, or after the last.
  bool exhaustive;
  std::span<const sampler_option> options;
};

std::span<const sampler_entry> samplers();

/// The sampler that a definition asks for, `auto` and the experiment's type resolved; unknown names and options are
/// refused with a "did you mean".
result<const sampler_entry*> find_sampler(const definition& x);

}  // namespace vilfredo
