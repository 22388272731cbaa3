#include "app/say.hpp"

#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "app/terminal.hpp"

namespace vilfredo::app {

void complain(const std::string& sentence) { write_all(STDERR_FILENO, "vilfredo: " + sentence + "\n"); }

exit_code refuse(const error& why) {
  complain(why.message);
  bool machine = why.code == errc::unavailable || why.code == errc::internal || why.code == errc::overloaded;
  return machine ? exit_failed : exit_bad_input;
}

exit_code hand_over(std::string_view text) {
  if (write_all(STDOUT_FILENO, text)) return exit_done;
  return refuse({errc::unavailable, std::string("standard output cannot be written: ") + std::strerror(errno)});
}

}  // namespace vilfredo::app
