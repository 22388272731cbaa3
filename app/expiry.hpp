#pragma once
#include <cstdint>
#include <string>

#include "core/error.hpp"
#include "core/time.hpp"

namespace vilfredo::app {

/// `90d`, days from now, or `2027-01-31`, the beginning of that day (UTC), as seconds since 1970. Only what is to come.
result<std::int64_t> read_expiry(const std::string& text, time_point now);

}  // namespace vilfredo::app
