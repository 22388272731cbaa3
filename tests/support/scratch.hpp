#pragma once
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <string>

namespace vilfredo::test {

/// A directory of its own that goes with the test.
class scratch {
public:
  scratch() {
    auto name = (std::filesystem::temp_directory_path() / "vilfredo-test-XXXXXX").string();
    if (!::mkdtemp(name.data())) {
      std::cerr << "no directory for a test in " << name << "\n";
      std::abort();
    }
    path_ = std::filesystem::canonical(name);
  }
  ~scratch() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  scratch(const scratch&) = delete;

  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path operator/(const std::string& name) const { return path_ / name; }

private:
  std::filesystem::path path_;
};

}  // namespace vilfredo::test
