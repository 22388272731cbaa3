#pragma once
#include <string>

namespace vilfredo::app {

/// No two processes have the same, so their request ids never meet.
std::string fresh_nonce();

}  // namespace vilfredo::app
