#pragma once
#include <cstddef>
#include <string>
#include <vector>

namespace vilfredo::view {

/// What the text means, not which colour it has.
enum class tone { plain, strong, faint, good, bad, warning, accent };

struct span {
  std::string text;
  view::tone tone = view::tone::plain;
};
/// One line of a terminal, before it is cut to width and coloured.
using line = std::vector<span>;
using lines = std::vector<line>;

/// What the place where lines are shown can do.
struct style {
  std::size_t width = 0;   ///< columns; 0: as many as it takes
  std::size_t height = 0;  ///< lines; 0: as many as it takes
  bool color = false;
  bool unicode = true;
};

/// The text to write, without a newline: printable, at most as wide as the style says, without
/// spaces at the end.
std::string paint(const line& x, const style& how);
/// Each line with a newline.
std::string paint(const lines& x, const style& how);

}  // namespace vilfredo::view
