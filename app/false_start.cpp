#include "app/false_start.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include "core/text.hpp"

namespace vilfredo::app {

namespace {
/// A reason without its numbers, whatever way they are written.
std::string kind_of(std::string reason) {
  std::erase_if(reason, [](char c) { return std::string_view("0123456789.+-eE").find(c) != std::string_view::npos; });
  return reason;
}
constexpr std::string_view could_not_start = "could not start: ";  // conclude()'s word, in core/trial_end.cpp
}  // namespace

void false_start::started(trial_id trial) {
  if (first_.size() < enough && std::ranges::find(first_, trial, &first_one::trial) == first_.end())
    first_.push_back({trial, false});
}

void false_start::worked() {
  has_worked_ = true;
  unstarted_ = 0;
}

bool false_start::failed(trial_id trial, const std::string& reason) {
  auto kind = kind_of(reason);
  if (reason_.empty()) {
    reason_ = reason;
    kind_ = kind;
  }
  // One that was tried several times says so after its reason.
  if (!kind.starts_with(kind_)) has_worked_ = true;
  for (auto& x : first_)
    if (x.trial == trial) x.failed = true;
  unstarted_ = reason.starts_with(could_not_start) ? unstarted_ + 1 : 0;

  if (!has_worked_ && first_.size() == enough && std::ranges::all_of(first_, &first_one::failed))
    return notice("the first " + std::to_string(enough) + " trials all failed, as with ", reason_,
                  ", or say by \"stop_when\": {\"failed\": N} how many may fail");
  return unstarted_ >= enough && notice(std::to_string(enough) + " trials in a row failed, as with ", reason, "");
}

bool false_start::notice(const std::string& what, const std::string& reason, const std::string& otherwise) {
  if (std::exchange(noticed_, true)) return false;
  sentence_ = what + text::quoted(reason) + ": no new trials. Put it right and start again" + otherwise;
  return true;
}

}  // namespace vilfredo::app
