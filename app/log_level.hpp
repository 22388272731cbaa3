#pragma once
#include <array>
#include <cstdint>

namespace vilfredo::app {

/// How much is told; each tells what those before it tell, too.
enum class log_level {
  error,    ///< what ends the daemon
  warning,  ///< what needs somebody
  notice,   ///< beginnings and ends, and each request that changed something: who, what, which
  info,     ///< each request, and bytes that were none
};
inline constexpr std::array log_levels{log_level::error, log_level::warning, log_level::notice, log_level::info};
const char* to_string(log_level level);

/// How many lines were lost, by level.
using log_losses = std::array<std::uint64_t, log_levels.size()>;

}  // namespace vilfredo::app
