#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "optimizer/stopping/fronts.hpp"
#include "optimizer/stopping/stopper.hpp"

namespace vilfredo::stopping {

/// How `auto` begins, while too few trials are completed to learn from: at each octave of steps those go on that are
/// among the best half of all that have come so far (successive halving; Li et al. 2020), by fronts where there are
/// several losses.
///
/// Of many, it compares with the `sample_size` whose ids have the least hashes, so that neither order nor number
/// matter.
class opening {
public:
  /// The losses of a trial's first report in an octave; nothing where they cannot be compared.
  void marked(trial_id trial, int octave, std::optional<std::vector<double>> losses);
  /// Why a trial with this mark, which it was told of, should stop; nothing when it should go on.
  std::optional<std::string> judge(trial_id trial, int octave, const std::vector<double>& losses) const;
  void forget() { octaves_.clear(); }

private:
  static constexpr std::size_t sample_size = 64;
  struct octave_field {
    fronts members;
    std::map<std::uint64_t, fronts::member> of;  // by hash
  };
  std::map<int, octave_field> octaves_;
};

}  // namespace vilfredo::stopping
