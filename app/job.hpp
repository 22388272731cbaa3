#pragma once
#include <string>

#include "core/definition.hpp"
#include "core/error.hpp"

namespace vilfredo::app {

/// Reads a job file and checks what the codec cannot know: the sampler and the stopping rules with their options.
result<definition> read_checked_job(const std::string& file);

/// Besides, that its trials could be started here: the folder is there, and so is the program. A trial that cannot be
/// started fails, and a budget of such trials is spent in a moment.
result<definition> read_startable_job(const std::string& file);

/// The folder in which a job's programs run: relative ones begin at the job file's own.
std::string working_directory(const std::string& job_file, const run_definition& run);

}  // namespace vilfredo::app
