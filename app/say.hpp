#pragma once
#include <string>
#include <string_view>

#include "app/exit_code.hpp"
#include "core/error.hpp"

namespace vilfredo::app {

/// Says one sentence on standard error, as `vilfredo: sentence`.
void complain(const std::string& sentence);
/// The same for a refusal, with the exit code that belongs to it: 1 where a machine part failed, 2 where the input did.
exit_code refuse(const error& why);
/// Writes what was asked for to standard output; where that fails, on a full disk say, it has not been done.
exit_code hand_over(std::string_view text);

}  // namespace vilfredo::app
