#include "app/say.hpp"

#include <unistd.h>

#include "app/terminal.hpp"

namespace vilfredo::app {

void complain(const std::string& sentence) { write_all(STDERR_FILENO, "vilfredo: " + sentence + "\n"); }

exit_code refuse(const error& why) {
  complain(why.message);
  bool machine = why.code == errc::unavailable || why.code == errc::internal || why.code == errc::overloaded;
  return machine ? exit_failed : exit_bad_input;
}

}  // namespace vilfredo::app
