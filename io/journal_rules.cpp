#include "io/journal_rules.hpp"

#include <limits>

namespace vilfredo::io {

namespace {
error refuse(experiment_id experiment, const std::string& why) {
  return {errc::internal,
          "experiment " + std::to_string(experiment.number) + " cannot be stored: " + why + "; nothing was stored"};
}
}  // namespace

result<void> may_follow(experiment_id experiment, std::uint64_t last, std::span<const fact> facts) {
  // Stores keep both numbers in one signed integer of 64 bits (docs/store.md).
  constexpr std::uint64_t most_experiments = std::numeric_limits<std::int32_t>::max(),
                          most_facts = std::numeric_limits<std::uint32_t>::max();
  if (!experiment || experiment.number > most_experiments) return refuse(experiment, "this is no experiment's number");
  if (facts.size() > most_facts - last) return refuse(experiment, "it has as many facts as an experiment can have");
  for (const auto& x : facts) {
    if (x.sequence != last + 1)
      return refuse(experiment,
                    "fact " + std::to_string(x.sequence) + " came where fact " + std::to_string(last + 1) + " is due");
    bool creates = std::holds_alternative<events::experiment_created>(x.what);
    if (creates != (last == 0))
      return refuse(experiment, creates ? "it is created twice" : "its first fact does not create it");
    if (creates && !std::get<events::experiment_created>(x.what).definition)
      return refuse(experiment, "it is created without a definition");
    ++last;
  }
  return {};
}

std::optional<std::string> name_given_by(const fact& x) {
  if (auto* created = std::get_if<events::experiment_created>(&x.what)) return created->definition->name;
  if (auto* edited = std::get_if<events::experiment_edited>(&x.what)) return edited->changes.name;
  return {};
}

}  // namespace vilfredo::io
