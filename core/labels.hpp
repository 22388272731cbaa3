#pragma once
#include <map>
#include <optional>
#include <string>

namespace vilfredo {

/// What programs that keep experiments here note on them.
using label_map = std::map<std::string, std::string>;
using label_changes = std::map<std::string, std::optional<std::string>>;  ///< none: taken away

inline void change(label_map& x, const label_changes& by) {
  for (const auto& [name, value] : by) {
    if (value)
      x[name] = *value;
    else
      x.erase(name);
  }
}

}  // namespace vilfredo
