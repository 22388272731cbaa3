#pragma once
#include <filesystem>
#include <string>
#include <string_view>

#include "tests/support/files.hpp"

namespace vilfredo::tests {

/// The sentence that a bad job file must get: in its first line, or beside it where the file cannot hold one.
inline std::string expected_sentence(const std::filesystem::path& file, const std::string& text) {
  constexpr std::string_view mark = "// refused: ";
  if (text.starts_with(mark)) return text.substr(mark.size(), text.find('\n') - mark.size());
  auto beside = contents(std::filesystem::path(file).replace_extension(".txt"));
  return beside.substr(0, beside.find('\n'));
}

}  // namespace vilfredo::tests
