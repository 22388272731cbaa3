#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/ledger.hpp"
#include "core/ports.hpp"

namespace vilfredo::app {

/// Trials of one experiment as programs on this machine.
struct local_work {
  experiment_id experiment;
  std::shared_ptr<const vilfredo::definition> definition;  ///< with a `run` as this machine is to carry it out
  std::shared_ptr<const vilfredo::space> space;
  std::shared_ptr<vilfredo::launcher> launcher;
  std::size_t slots = 1;
  std::vector<std::uint32_t> gpus;
};

/// What a run or a worker was asked for.
struct work_options {
  std::string job;                   ///< the file
  std::optional<std::size_t> slots;  ///< none: the experiment's parallel_bandwidth
  std::vector<std::uint32_t> gpus;
};

/// Reads a job file whose trials can run here: it has a `run` that could be started, and there are GPUs enough for one
/// of them.
result<definition> read_runnable_job(const work_options& options);

/// The work of a job's experiment, run as the job file says, whatever the experiment's own definition does.
local_work work_for(const work_options& options, const definition& job, experiment_id experiment, const ledger& book,
                    std::shared_ptr<launcher> programs);

}  // namespace vilfredo::app
