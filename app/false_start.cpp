#include "app/false_start.hpp"

#include <algorithm>

#include "core/text.hpp"

namespace vilfredo::app {

namespace {
/// A reason without its numbers, whatever way they are written.
std::string kind_of(std::string reason) {
  std::erase_if(reason, [](char c) { return std::string_view("0123456789.+-eE").find(c) != std::string_view::npos; });
  return reason;
}
}  // namespace

void false_start::started(trial_id trial) {
  if (over_ || first_.size() == enough || std::ranges::find(first_, trial, &first_one::trial) != first_.end()) return;
  first_.push_back({trial, false});
}

bool false_start::failed(trial_id trial, const std::string& reason) {
  if (over_) return false;
  auto kind = kind_of(reason);
  if (reason_.empty()) {
    reason_ = reason;
    kind_ = kind;
  }
  // One that was tried several times says so after its reason.
  if (!kind.starts_with(kind_)) over_ = true;
  for (auto& x : first_)
    if (x.trial == trial) x.failed = true;
  bool all = first_.size() == enough && std::ranges::all_of(first_, &first_one::failed);
  if (over_ || !all) return false;
  over_ = true;
  return true;
}

std::string in_words(const false_start& x) {
  return "the first " + std::to_string(false_start::enough) + " trials all failed, as with " +
         text::quoted(x.reason()) +
         ": no new trials. Put it right and start again, or say by \"stop_when\": {\"failed\": N} how many may fail";
}

}  // namespace vilfredo::app
