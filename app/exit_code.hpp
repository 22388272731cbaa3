#pragma once

namespace vilfredo::app {

enum exit_code : int { exit_done = 0, exit_failed = 1, exit_bad_input = 2, exit_interrupted = 130 };

}  // namespace vilfredo::app
