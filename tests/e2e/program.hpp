#pragma once
#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "io/file_descriptor.hpp"
#include "tests/support/scratch.hpp"

/// The real program, started as a user would start it. Nothing here sleeps: all waiting is for output, for an end, or
/// for a limit that only a failing test reaches.
namespace vilfredo::test {

using milliseconds = std::chrono::milliseconds;
inline constexpr milliseconds long_enough{240'000};

struct program_options {
  std::optional<std::uint64_t> largest_file_bytes;                    ///< RLIMIT_FSIZE, which prlimit can lift again
  std::optional<std::uint64_t> most_descriptors;                      ///< RLIMIT_NOFILE, for good
  std::optional<std::pair<unsigned short, unsigned short>> terminal;  ///< columns and lines; all output goes to it
  std::vector<std::string> environment;                               ///< NAME=VALUE
  bool obeys_permissions = false;                                     ///< even when the superuser runs the tests
};

/// One run of vilfredo in a scratch folder. Its process is killed when this goes; nothing else is.
class program {
public:
  program(const scratch& where, std::vector<std::string> arguments, program_options options = {});
  ~program();
  program(const program&) = delete;
  program& operator=(const program&) = delete;

  pid_t pid() const { return pid_; }
  void signal(int number) const;
  void resize(unsigned short columns, unsigned short rows) const;

  /// The exit code (128 + signal when one ended it); none when it still runs after the limit.
  std::optional<int> wait(milliseconds limit = long_enough);
  /// Waits until it has written the text; false when it ends or the limit comes first.
  bool says(const std::string& text, milliseconds limit = long_enough);
  bool complains(const std::string& text, milliseconds limit = long_enough);
  /// The same for so many lines.
  bool says_lines(std::size_t lines, milliseconds limit = long_enough);

  /// What it has written so far, as far as a wait has seen it.
  const std::string& output() const { return out_.text; }
  const std::string& errors() const { return err_.text; }

private:
  struct stream {
    io::file_descriptor from;
    std::string text;
    void read();
  };
  /// Until `enough`, its end, or the limit; whether it is enough.
  template <class Enough>
  bool watch(milliseconds limit, Enough enough);
  void take_end();

  pid_t pid_ = -1;
  io::file_descriptor ended_;
  std::optional<int> code_;
  stream out_, err_;
};

struct finished {
  int code = -1;
  std::string out, err;
};
/// Runs it to its end.
finished vilfredo_run(const scratch& where, std::vector<std::string> arguments, program_options options = {});

/// Trial programs of this folder that still run, and what they started.
std::vector<pid_t> processes_of(const scratch& where);
/// Waits until there are none.
bool all_gone(const scratch& where, milliseconds limit = long_enough);

}  // namespace vilfredo::test
