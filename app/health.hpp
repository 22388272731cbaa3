#pragma once
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "core/error.hpp"
#include "core/time.hpp"
#include "io/api/orchestra.hpp"

namespace vilfredo::app {

/// Whether the house answers and its store takes what is written, by writing something small: when somebody asks, but
/// not more often than every few seconds, so that it costs nobody anything to ask. For many threads at once.
class health {
public:
  using answer = std::function<void(result<void>)>;
  /// `house` outlives the answers that it owes. `tell` hears when the health changes, and why.
  health(api::orchestra& house, std::function<void(const std::string&)> tell) : house_(house), tell_(std::move(tell)) {}

  /// Answers once, at once or when the store has.
  void ask(time_point now, answer to);
  /// To be called about every second: whoever waits for a store that is silent is told so.
  void tick(time_point now);

  static constexpr duration fresh{2'000};     ///< an answer counts for so long
  static constexpr duration patience{3'000};  ///< with the store

private:
  void settle(time_point at, const result<void>& how);

  api::orchestra& house_;
  const std::function<void(const std::string&)> tell_;
  std::mutex mutex_;  // guards what follows
  std::optional<result<void>> last_;
  time_point last_at_{};
  std::optional<time_point> asked_;  // the store owes an answer since
  std::vector<answer> waiting_;
};

}  // namespace vilfredo::app
