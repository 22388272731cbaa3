#pragma once
#include <cstddef>
#include <filesystem>
#include <memory>

#include "core/ports.hpp"
#include "core/time.hpp"

namespace vilfredo::io {

struct process_launcher_options {
  std::filesystem::path trials_directory;    ///< EXPERIMENT/TRIAL/ below it: each trial's own folder
  std::size_t log_limit_bytes = 16u << 20;   ///< a trial's stdout.log and stderr.log, each
  std::size_t line_limit_bytes = 64u << 10;  ///< a longer line is log, never a report
  duration drain{500};                       ///< how long output is read on after the program's own exit
};

/// Whether a job's program is on this machine and may be run, as far as that shows before the first trial. Nothing is
/// said of a program whose name is an assignment. `run.directory` is absolute, or ours.
result<void> startable(const run_definition& run);

/// Runs trials as child processes of their own process group (vfork, pidfd), all watched from one thread. See
/// docs/job-file.md for what a trial's program sees. Destroying it ends every run's process group at once.
std::unique_ptr<launcher> make_process_launcher(process_launcher_options options);

}  // namespace vilfredo::io
