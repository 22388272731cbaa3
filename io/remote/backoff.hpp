#pragma once
#include <algorithm>
#include <cmath>

#include "core/time.hpp"

namespace vilfredo::remote {

/// How long to wait before something is tried again: twice as long each time, up to a limit, and each time somewhat
/// less by chance, so that those whom the same trouble has met do not come back at the same moment.
class backoff {
public:
  backoff(duration first, duration longest) : first_(first), longest_(longest) {}

  /// `chance` is from 0 (half as long) to 1 (the whole time).
  duration next(double chance) {
    auto whole = std::min(static_cast<double>(longest_.count()),
                          static_cast<double>(first_.count()) * std::exp2(std::min(tries_++, 62)));
    return duration{std::llround(whole * (0.5 + 0.5 * chance))};
  }

private:
  duration first_, longest_;
  int tries_ = 0;
};

}  // namespace vilfredo::remote
