#pragma once
#include <string_view>

namespace vilfredo::app {

/// The job file that `vilfredo init` writes: it explains itself, and runs as it stands.
std::string_view starter_job();

}  // namespace vilfredo::app
