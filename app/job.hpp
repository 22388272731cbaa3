#pragma once
#include <string>

#include "core/definition.hpp"
#include "core/error.hpp"

namespace vilfredo::app {

/// Reads a job file and checks what the codec cannot know: the sampler and its options, and that the program can run
/// here (a folder that exists, GPUs for those who need them).
result<definition> read_checked_job(const std::string& file);

/// The folder in which a job's programs run: relative ones begin at the job file's own.
std::string working_directory(const std::string& job_file, const run_definition& run);

}  // namespace vilfredo::app
