#include "bench/own.hpp"

namespace vilfredo::bench {

void own::begin(const definition& x) {
  auto d = x;
  d.sampler.name = sampler_;
  world_ = std::make_unique<test::engine_driver>(d);
  running_.clear();
}

tuner::asked own::ask() {
  auto x = world_->ask_now();
  running_[x.trial.number] = x;
  return {x.trial.number, x.point};
}

void own::tell(std::uint64_t id, const std::vector<double>& values) {
  const auto& x = running_.at(id);
  if (values.empty()) {
    test::must(world_->call(fail{x.trial, x.attempt, "it always does here"}));
  } else {
    complete done{x.trial, x.attempt, {}};
    for (std::size_t m = 0; m < values.size(); ++m)
      done.values.push_back({world_->book().definition().metrics[m].name, values[m], {}});
    test::must(world_->call(done));
  }
  running_.erase(id);
}

}  // namespace vilfredo::bench
