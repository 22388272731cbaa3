#pragma once
#include <filesystem>
#include <fstream>
#include <string>

#include <sys/types.h>

namespace vilfredo::test {

/// Whether a process is there and not merely waiting to be waited for.
inline bool runs(pid_t process) {
  std::ifstream in("/proc/" + std::to_string(process) + "/stat");
  std::string stat;
  if (!std::getline(in, stat)) return false;
  auto bracket = stat.rfind(')');
  return bracket != std::string::npos && bracket + 2 < stat.size() && stat[bracket + 2] != 'Z' &&
         stat[bracket + 2] != 'X';
}

/// The number in a file, 0 when there is none yet.
inline pid_t number_in(const std::filesystem::path& file) {
  pid_t out = 0;
  std::ifstream(file) >> out;
  return out;
}

inline std::size_t open_descriptors() {
  std::size_t out = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) ++out;
  return out;
}

}  // namespace vilfredo::test
