#pragma once
#include <memory>

#include "core/ports.hpp"

namespace vilfredo::io {

/// A journal that lasts as long as the process: for experiments that need no store, and for tests.
std::unique_ptr<journal> make_memory_journal();

}  // namespace vilfredo::io
