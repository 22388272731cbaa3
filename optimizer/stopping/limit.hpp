#pragma once
#include <cstddef>

namespace vilfredo::stopping {

/// A constraint on a metric, in losses: met by those that are not above.
struct loss_limit {
  std::size_t metric = 0;
  double most = 0;
};

}  // namespace vilfredo::stopping
