#pragma once
#include <string>
#include <vector>

#include "app/view/line.hpp"

namespace vilfredo::view {

struct table {
  struct column {
    std::string title;
    bool right = false;  ///< numbers stand at the right
  };
  std::vector<column> columns;
  std::vector<std::vector<span>> rows;  ///< one span a column
};

/// A heading and a line a row, in columns. Where the width is limited, the widest columns give way first; what does not
/// fit even so falls off at the right.
lines render(const table& x, const style& how);

}  // namespace vilfredo::view
