#pragma once
#include <string>

#include "core/space.hpp"
#include "core/time.hpp"

/// Numbers and times as people read them.
namespace vilfredo::view {

/// Five significant digits at most: "0.44127", "1.2e-05", "60".
std::string brief(double x);
/// A parameter's value: numbers in brief, categories as they are.
std::string brief(const parameter_value& x);
/// A span of time in its two largest units: "0.4 s", "12 s", "3 min 05 s", "2 h 10 min", "3 d 04 h".
std::string brief(duration x);
/// 60 of trial → "60 trials", 1 → "1 trial".
std::string counted(std::size_t n, const std::string& noun);
/// Time of day, local: "12:03:01".
std::string time_of_day(time_point x);
/// Date and time, UTC, to the millisecond: "2026-01-31T12:03:01.250Z".
std::string timestamp(time_point x);

}  // namespace vilfredo::view
