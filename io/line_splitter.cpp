#include "io/line_splitter.hpp"

#include <algorithm>

namespace vilfredo::io {

void line_splitter::take(std::string_view bytes, const consumer& each) {
  while (!bytes.empty()) {
    auto end = bytes.find('\n');
    if (end == std::string_view::npos) return hold(bytes);
    auto rest = bytes.substr(0, end);
    bytes.remove_prefix(end + 1);
    if (held_.empty() && !cut_ && rest.size() <= longest_) {
      give(rest, each);  // the usual case: a whole line in one read, given without a copy
      continue;
    }
    hold(rest);
    give(held_, each);
    held_.clear();
    cut_ = false;
  }
}

void line_splitter::finish(const consumer& each) {
  if (!held_.empty() || cut_) give(held_, each);
  held_.clear();
  cut_ = false;
}

void line_splitter::hold(std::string_view bytes) {
  auto room = longest_ - held_.size();
  if (bytes.size() > room) cut_ = true;
  held_.append(bytes.substr(0, room));
}

void line_splitter::give(std::string_view text, const consumer& each) {
  if (!cut_ && text.ends_with('\r')) text.remove_suffix(1);
  each({text, cut_});
}

}  // namespace vilfredo::io
