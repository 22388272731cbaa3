#pragma once
#include <cstddef>
#include <string>

namespace vilfredo::app {

/// Bytes that nobody can guess; throws where the system has none.
std::string random_bytes(std::size_t count);

}  // namespace vilfredo::app
