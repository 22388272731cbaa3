#pragma once
#include <optional>
#include <string>
#include <vector>

#include "optimizer/bayes/kernel.hpp"

namespace vilfredo {

/// Kernel parameters as a plan's hint carries them to the next: of each model, and at how many observations they were
/// fitted.
struct fitted_kernel {
  std::size_t observations = 0;
  kernel_parameters parameters;
};

std::string write_kernel_hint(const std::vector<fitted_kernel>& models);
/// Nothing unless the text is a hint for so many models with so many length scales.
std::optional<std::vector<fitted_kernel>> read_kernel_hint(const std::string& text, std::size_t models,
                                                           std::size_t scales, std::size_t warps);

}  // namespace vilfredo
