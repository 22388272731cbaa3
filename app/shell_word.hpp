#pragma once
#include <string>

namespace vilfredo::app {

/// What a shell takes for this one word, in quotes where it would take it apart or for an option.
std::string shell_word(const std::string& x);

}  // namespace vilfredo::app
