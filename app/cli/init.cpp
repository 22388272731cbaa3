#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "app/cli/verbs.hpp"
#include "app/say.hpp"
#include "app/starter_job.hpp"
#include "app/terminal.hpp"

namespace vilfredo::app::cli {

exit_code init(const init_options& options) {
  // O_EXCL rather than a look before: nothing can slip in between.
  int file = open(options.file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  if (file < 0) {
    if (errno == EEXIST)
      return refuse({errc::conflict, options.file + " exists already; name another file or remove it"});
    return refuse({errc::invalid, options.file + " cannot be written: " + std::strerror(errno)});
  }
  bool written = write_all(file, starter_job());
  if (close(file) != 0 || !written)
    return refuse({errc::unavailable, options.file + " cannot be written: " + std::strerror(errno)});
  return hand_over("Wrote " + options.file + ". Edit it, then: vilfredo run " + options.file + "\n");
}

}  // namespace vilfredo::app::cli
