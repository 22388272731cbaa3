#pragma once
#include <chrono>

namespace vilfredo {

using duration = std::chrono::milliseconds;

/// Milliseconds since 1970. Nothing below the actors reads a clock: the time is always an argument, and within one
/// process it never goes back.
using time_point = std::chrono::time_point<std::chrono::system_clock, duration>;

}  // namespace vilfredo
