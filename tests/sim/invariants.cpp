#include "tests/sim/invariants.hpp"

namespace vilfredo::sim {

void invariants::violated(const std::string& invariant, const std::string& what) {
  if (broken_ || (!armed.empty() && !armed.contains(invariant))) return;
  broken_ = violation{invariant, what};
}

const record* invariants::find(experiment_id experiment) const {
  auto found = records_.find(experiment);
  return found == records_.end() || found->second.facts.empty() ? nullptr : &found->second;
}

std::uint64_t invariants::facts(experiment_id experiment) const {
  auto* book = find(experiment);
  return book ? book->facts.size() : 0;
}

void invariants::sent(experiment_id experiment, const request& x) {
  auto& book = of(experiment);
  if (auto* more = std::get_if<observe>(&x.what); more && more->trial) ++book.extra_asked[more->trial->number];
  book.commands.emplace(x.request_id, x.what);
}

void invariants::published(experiment_id experiment, const std::vector<fact>& facts, bool struck) {
  auto& told = fed_[experiment];
  for (const auto& x : facts) {
    // Whoever subscribes late starts anywhere.
    if (told && (struck ? x.sequence <= told : x.sequence != told + 1))
      violated("I12 monotonic", "the feed told fact " + std::to_string(x.sequence) + " of experiment " +
                                    std::to_string(experiment.number) + " after fact " + std::to_string(told));
    told = x.sequence;
    if (told > this->facts(experiment))
      violated("I1 ack-durable", "the feed told fact " + std::to_string(told) + " of experiment " +
                                     std::to_string(experiment.number) + ", which is not durable");
  }
}

}  // namespace vilfredo::sim
