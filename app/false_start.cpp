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

bool false_start::failed(const std::string& reason) {
  if (over_) return false;
  auto kind = kind_of(reason);
  if (count_ == 0) {
    reason_ = reason;
    kind_ = kind;
  }
  // One that was tried again says so after its reason.
  over_ = !kind.starts_with(kind_) || ++count_ == enough;
  return count_ == enough;
}

std::string in_words(const false_start& x) {
  return "the first " + std::to_string(false_start::enough) + " attempts all failed, as with " +
         text::quoted(x.reason()) +
         ": no new trials. Put it right and start again, or say by \"stop_when\": {\"failed\": N} how many may fail";
}

}  // namespace vilfredo::app
