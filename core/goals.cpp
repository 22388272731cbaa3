#include "core/goals.hpp"

namespace vilfredo {

std::vector<std::size_t> goals(const definition& x) {
  auto out = metrics_with(x, strategy::optimize);
  return out.empty() ? metrics_with(x, strategy::constraint) : out;
}

}  // namespace vilfredo
