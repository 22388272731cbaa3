#include "app/starter_job.hpp"

namespace vilfredo::app {

std::string_view starter_job() {
  return R"(// A job for vilfredo: what may be varied, what is measured, how a trial runs. Comments and trailing commas are welcome.
// Check it with `vilfredo validate`, run it with `vilfredo run`; started again, a run goes on where it was.
{
  "name": "example",

  // What may be varied.
  "parameters": [
    {"name": "learning_rate", "type": "double", "bounds": {"min": 0.001, "max": 1}, "transformation": "log"},
    {"name": "layers", "type": "int", "bounds": {"min": 1, "max": 8}},
    {"name": "activation", "type": "categorical", "categorical_values": ["relu", "tanh"]},
    // Exists only while its condition holds.
    {"name": "slope", "type": "double", "bounds": {"min": 0, "max": 0.3}, "conditions": {"activation": "relu"}},
  ],

  // What is measured. Those to optimize may compete: the result is a Pareto front. A threshold is the least that will do.
  "metrics": [
    {"name": "accuracy", "objective": "maximize"},
    {"name": "milliseconds", "objective": "minimize"},
    // {"name": "megabytes", "objective": "minimize", "strategy": "constraint", "threshold": 50},
    // {"name": "epochs_needed", "strategy": "store"},
  ],

  "observation_budget": 30,   // trials
  "parallel_bandwidth": 2,    // trials at a time
  "seed": 1,
  // "stop_when": {"seconds": 3600, "failed": 20, "stagnation": 15, "target": {"accuracy": 0.95}},

  // Tried first, in order.
  "initial": [{"learning_rate": 0.1, "layers": 2, "activation": "tanh"}],

  // How a trial runs: an argument list, no shell. {learning_rate} is replaced by that assignment, {assignments_file} by
  // the path of a JSON file with all of them; the environment has VILFREDO_PARAM_LEARNING_RATE and so on. The program
  // prints {"metrics": {"accuracy": 0.9, "milliseconds": 12}} on a line of its own, or on the way
  // {"step": 3, "metrics": {…}}. This one only pretends; put your own in its place.
  "run": {
    "command": ["awk", "-v", "rate={learning_rate}", "-v", "layers={layers}",
      "BEGIN { off = log(rate / 0.03); good = (1 - exp(-layers / 2)) * exp(-off * off / 8); printf \"{\\\"metrics\\\": {\\\"accuracy\\\": %.4f, \\\"milliseconds\\\": %.2f}}\\n\", good, 2 + 3 * layers }"],
    "timeout_seconds": 600,
    "retries": 1,
  },
}
)";
}

}  // namespace vilfredo::app
