#include "optimizer/stopping/opening.hpp"

#include <utility>

#include "core/random.hpp"

namespace vilfredo::stopping {

void opening::marked(trial_id trial, int octave, std::optional<std::vector<double>> losses) {
  auto& here = octaves_[octave];
  const auto hash = derive_seed(3, trial.number);
  if (auto known = here.of.find(hash); known != here.of.end()) {
    here.members.erase(known->second);
    here.of.erase(known);
  }
  if (!losses) return;
  fronts::member mine{*std::move(losses), trial.number};
  if (here.of.size() == sample_size) {
    const auto last = std::prev(here.of.end());
    if (last->first < hash) return;
    here.members.erase(last->second);
    here.of.erase(last);
  }
  here.of.emplace(hash, mine);
  here.members.insert(std::move(mine));
}

std::optional<std::string> opening::judge(trial_id trial, int octave, const std::vector<double>& losses) const {
  const auto found = octaves_.find(octave);
  if (found == octaves_.end()) return std::nullopt;
  const auto& here = found->second;
  const auto members = here.of.size(), places = members / 2;
  if (members < 2) return std::nullopt;
  const fronts::member mine{losses, trial.number};
  if (among_best(here.members, mine, places)) return std::nullopt;
  return "it is not among the best half of the " + std::to_string(members) + " trials that came to its step so far";
}

}  // namespace vilfredo::stopping
