#pragma once
#include <vector>

#include <sys/resource.h>

#include "core/definition.hpp"
#include "io/child_process.hpp"

namespace vilfredo::io {

/// Lets this process have as many descriptors as it may, for each child takes up to five, and many systems begin with
/// 1024. Returns what the soft limit was at the first call: programs that use select(), or that close all they could
/// have open, want no more than that.
rlim_t raise_descriptor_limit();

/// The limits of a trial's program: its memory (address space) as the job file says, the usual number of descriptors,
/// no core files, and where it has a time-out a limit of its CPU time that the time-out always comes before; it ends
/// what would otherwise run on for ever after this process is gone.
std::vector<child_program::limit> limits_of(const run_definition& run, rlim_t descriptors);

}  // namespace vilfredo::io
