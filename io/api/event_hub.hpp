#pragma once
#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "io/api/event_reader.hpp"

namespace vilfredo::api {

/// Who reads which experiment's events. For many threads at once.
class event_hub {
public:
  void add(experiment_id experiment, std::shared_ptr<event_reader> reader);
  /// Facts that became durable, in order of each experiment, and the state after them.
  void publish(experiment_id experiment, const std::vector<fact>& facts, experiment_state state);
  /// A sign of life to everybody; whoever is gone is forgotten.
  void beat(time_point now);

private:
  using readers = std::vector<std::shared_ptr<event_reader>>;
  readers of(experiment_id experiment);
  void remove(experiment_id experiment, const std::shared_ptr<event_reader>& reader);

  std::mutex mutex_;
  std::map<experiment_id, readers> all_;
};

}  // namespace vilfredo::api
