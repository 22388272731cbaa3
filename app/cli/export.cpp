#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "app/cli/verbs.hpp"
#include "app/reading.hpp"
#include "app/say.hpp"
#include "app/terminal.hpp"
#include "app/trials_sheet.hpp"

namespace vilfredo::app::cli {

exit_code export_trials(const export_options& options) {
  auto one = read_one(options.where, options.experiment);
  if (!one) return refuse(one.error());
  auto text = print(trials_sheet(*one->book, {std::nullopt, true}), options.format, {});
  int file = STDOUT_FILENO;
  auto failed = [&](const char* what) {
    return refuse({errc::unavailable,
                   options.output.value_or("standard output") + " cannot be " + what + ": " + std::strerror(errno)});
  };
  if (options.output) {
    file = open(options.output->c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (file < 0) return failed("opened");
  }
  if (!write_all(file, text)) return failed("written");
  if (options.output && close(file) != 0) return failed("written");
  return exit_done;
}

}  // namespace vilfredo::app::cli
