#include "io/api/event_hub.hpp"

namespace vilfredo::api {

void event_hub::add(experiment_id experiment, std::shared_ptr<event_reader> reader) {
  std::lock_guard hold(mutex_);
  all_[experiment].push_back(std::move(reader));
}

void event_hub::remove(experiment_id experiment, const std::shared_ptr<event_reader>& reader) {
  std::lock_guard hold(mutex_);
  auto found = all_.find(experiment);
  if (found == all_.end()) return;
  std::erase(found->second, reader);
  if (found->second.empty()) all_.erase(found);
}

/// A copy, so that nobody is told anything under the mutex.
event_hub::readers event_hub::of(experiment_id experiment) {
  std::lock_guard hold(mutex_);
  auto found = all_.find(experiment);
  return found == all_.end() ? readers{} : found->second;
}

void event_hub::publish(experiment_id experiment, const std::vector<fact>& facts, experiment_state state) {
  auto listening = of(experiment);
  if (listening.empty() || facts.empty()) return;
  fresh_events news{facts.front().sequence, {}, state};
  for (const auto& x : facts) news.texts.push_back(event_text(x));
  for (const auto& each : listening)
    if (!each->hear(news)) remove(experiment, each);
}

void event_hub::beat(time_point now) {
  std::map<experiment_id, readers> all;
  {
    std::lock_guard hold(mutex_);
    all = all_;
  }
  for (const auto& [experiment, listening] : all)
    for (const auto& each : listening)
      if (!each->beat(now)) remove(experiment, each);
}

}  // namespace vilfredo::api
