#pragma once
#include <cstdint>
#include <map>
#include <vector>

#include "optimizer/stopping/curve.hpp"
#include "optimizer/stopping/stopper.hpp"

namespace vilfredo::stopping {

/// What some metrics of a completed trial were on the way and at the end.
struct finished {
  std::map<int, std::vector<double>> marks;  ///< by cell: its first report there
  std::vector<double> end;                   ///< its last report
};

/// A sample of the completed trials, of bounded size: those whose ids have the least hashes, in that order, so that it
/// is the same in whatever order they came. A trial whose last report lacks one of the metrics is left out.
class finished_sample {
public:
  explicit finished_sample(std::vector<std::size_t> metrics) : metrics_(std::move(metrics)) {}

  /// Whether that changed the sample.
  bool add(trial_id trial, const curve& x);
  const std::map<std::uint64_t, finished>& all() const { return all_; }  ///< by hash

  static constexpr std::size_t most = 128;

private:
  std::vector<std::size_t> metrics_;
  std::map<std::uint64_t, finished> all_;
};

}  // namespace vilfredo::stopping
