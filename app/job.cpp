#include "app/job.hpp"

#include <filesystem>

#include "io/job_file.hpp"
#include "io/process_launcher.hpp"
#include "optimizer/catalogue.hpp"
#include "optimizer/stopping/board.hpp"

namespace vilfredo::app {

std::string working_directory(const std::string& job_file, const run_definition& run) {
  namespace fs = std::filesystem;
  std::error_code ignored;
  auto home = fs::absolute(job_file, ignored).parent_path();
  return (home / run.directory).lexically_normal().string();
}

result<definition> read_checked_job(const std::string& file) {
  auto job = io::read_job_file(file);
  if (!job) return job.error();
  if (auto sampler = find_sampler(*job); !sampler) return error{errc::invalid, file + ": " + sampler.error().message};
  if (auto rules = stopping::board::make(*job); !rules)
    return error{errc::invalid, file + ": " + rules.error().message};
  return job;
}

result<definition> read_startable_job(const std::string& file) {
  auto job = read_checked_job(file);
  if (!job || !job->run) return job;
  auto here = *job->run;
  here.directory = working_directory(file, here);
  std::error_code ignored;
  if (!std::filesystem::is_directory(here.directory, ignored))
    return error{errc::invalid, file + ": run.directory: there is no folder " + here.directory};
  if (auto program = io::startable(here); !program) return error{errc::invalid, file + ": " + program.error().message};
  return job;
}

}  // namespace vilfredo::app
