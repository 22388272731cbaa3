#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <sys/resource.h>
#include <sys/types.h>

#include "core/error.hpp"
#include "io/file_descriptor.hpp"

namespace vilfredo::io {

/// A program to start: everything said, nothing looked up later.
struct child_program {
  struct limit {
    int resource = 0;  ///< RLIMIT_…
    rlimit value{};
  };
  std::vector<std::string> arguments;    ///< [0] holds a slash, or is looked for in the environment's PATH
  std::vector<std::string> environment;  ///< all of it, "NAME=value"
  std::string directory;                 ///< empty: ours
  std::vector<limit> limits;
};

/// Whether its program is there and may be run, as far as that shows before a start; a refusal says what to change in
/// the job file. What it needs besides, such as an interpreter or a library, only a start tells.
result<void> startable(const child_program& program);

struct child_end {
  std::optional<int> code, signal;   ///< one of them
  double cpu_seconds = 0;            ///< its own and that of its children it waited for
  std::uint64_t peak_memory_kb = 0;  ///< 0: unknown, see child_process
};

/// One child process that leads a session and process group of its own, with pipes for its output and a pidfd for its
/// end. Plain system calls; whoever owns it does the waiting.
///
/// The child gets /dev/null as input, its two pipes, and no other descriptor; default signal dispositions and an empty
/// signal mask, whatever this process has. It is killed when the thread that started it ends, however that happens
/// (PR_SET_PDEATHSIG: only the child itself, not what it started). No SIGCHLD handler is used, so this gets on with any
/// other code that has children.
///
/// Its peak memory is known only where it is beyond ours at the time of the start: Linux counts the memory that the
/// child had of us before it became its program.
class child_process {
public:
  /// vfork and exec: a fork would copy this process's page tables, which takes 180 ms at 2 GiB. A refusal says why and
  /// what to change in the job file; where this machine lacks something that may come back, it is errc::overloaded.
  static result<child_process> start(const child_program& program);

  child_process(child_process&& other) noexcept;
  child_process& operator=(child_process&&) = delete;
  /// Kills the whole group, if the child's end was not taken yet, and waits for the child.
  ~child_process();

  /// Also the number of its process group.
  pid_t number() const { return number_; }
  /// Readable when it has ended.
  file_descriptor& ended() { return ended_; }
  file_descriptor& output() { return output_; }
  file_descriptor& errors() { return errors_; }

  /// To every process of the group; nothing happens once the end was taken.
  void signal_group(int signal) const;
  /// After `ended()` became readable: kills what is left of the group and takes the child's end.
  child_end take_end();

private:
  child_process() = default;

  pid_t number_ = -1;
  std::uint64_t our_peak_kb_ = 0;
  file_descriptor ended_, output_, errors_;
};

}  // namespace vilfredo::io
