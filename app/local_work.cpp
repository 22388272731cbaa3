#include "app/local_work.hpp"

#include <algorithm>

#include "app/job.hpp"

namespace vilfredo::app {

result<definition> read_runnable_job(const work_options& options) {
  auto job = read_startable_job(options.job);
  if (!job) return job.error();
  if (!job->run)
    return error{errc::invalid, options.job + R"(: "run" is missing; say how a trial runs: "run": {"command": […]})"};
  if (auto need = job->run->resources.gpus; options.gpus.size() < need)
    return error{errc::invalid, options.job + ": a trial needs " + std::to_string(need) +
                                    (need == 1 ? " GPU" : " GPUs") + "; say which there are with --gpus 0,1,…"};
  return job;
}

local_work work_for(const work_options& options, const definition& job, experiment_id experiment, const ledger& book,
                    std::shared_ptr<launcher> programs) {
  auto here = std::make_shared<definition>(job);
  here->run->directory = working_directory(options.job, *job.run);
  local_work out;
  out.experiment = experiment;
  out.definition = std::move(here);
  out.space = book.shared_space();
  out.launcher = std::move(programs);
  out.slots = options.slots.value_or(std::max(1u, job.parallel_bandwidth));
  out.gpus = options.gpus;
  return out;
}

}  // namespace vilfredo::app
