#pragma once
#include <cstdint>
#include <memory>
#include <random>
#include <string>

#include "core/definition.hpp"
#include "core/events.hpp"

/// Facts as an experiment with ten parameters and two competing metrics makes them.
namespace vilfredo::bench {

class fact_maker {
public:
  /// `reports`: how many a trial makes before it completes.
  explicit fact_maker(std::uint64_t reports) : reports_(reports) {}

  fact next() {
    ++sequence_;
    now_ += duration(1 + random_() % 20);
    fact out{sequence_, now_, {}, events::experiment_created{}};
    if (sequence_ == 1) {
      out.what = events::experiment_created{definition_of_all()};
      return out;
    }
    auto step = (sequence_ - 2) % (reports_ + 2);
    if (step == 0) {
      ++trial_;
      events::trial_issued e;
      e.trial = {trial_};
      e.worker = "worker-" + std::to_string(trial_ % 8);
      e.lease_until = now_ + duration(60'000);
      e.point.emplace();
      for (int i = 0; i < parameters; ++i) e.point->values.push_back(unit());
      e.from = origin::design;
      e.sequence = trial_;
      out.what = std::move(e);
      out.request_id = "5e0f6c1a-" + std::to_string(sequence_);
    } else if (step <= reports_) {
      out.what = events::progress_reported{{trial_}, 1, static_cast<double>(step), {unit(), unit()}};
    } else {
      events::trial_completed e;
      e.trial = {trial_};
      e.observation = {trial_};
      e.values = {unit(), unit()};
      out.what = std::move(e);
      out.request_id = "5e0f6c1a-" + std::to_string(sequence_);
    }
    return out;
  }
  std::uint64_t trials() const { return trial_; }

private:
  static constexpr int parameters = 10;

  static std::shared_ptr<const definition> definition_of_all() {
    auto out = std::make_shared<definition>();
    out->name = "bench";
    for (int i = 0; i < parameters; ++i) {
      parameter p;
      p.name = "parameter_" + std::to_string(i);
      out->space.parameters.push_back(std::move(p));
    }
    out->metrics = {{"gain", objective::maximize, strategy::optimize, {}},
                    {"cost", objective::minimize, strategy::optimize, {}}};
    return out;
  }
  double unit() { return static_cast<double>(random_() >> 11) * 0x1p-53; }

  std::mt19937_64 random_{1};
  std::uint64_t reports_, sequence_ = 0, trial_ = 0;
  time_point now_{duration(1'700'000'000'000)};
};

}  // namespace vilfredo::bench
