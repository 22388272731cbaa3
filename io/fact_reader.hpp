#pragma once
#include <string>
#include <string_view>

#include "core/events.hpp"
#include "io/json_cursor.hpp"

namespace vilfredo::io {

/// Reads the values that fact_writer writes. What does not fit fails the cursor.
class fact_reader {
public:
  explicit fact_reader(json_cursor& in) : in_(in) {}

  void value(std::uint64_t& x) { in_.number(x); }
  void value(std::uint32_t& x);
  void value(bool& x);
  void value(double& x);
  void value(std::string& x) { in_.string(x); }
  void value(time_point& x);
  void value(origin& x);
  void value(return_cause& x);
  template <class Tag>
  void value(id<Tag>& x) {
    in_.number(x.number);
  }
  void value(assignments& x) { value(x.values); }
  void value(std::vector<double>& x);
  void value(std::vector<assignments>& x);
  void value(std::vector<std::uint32_t>& x);
  void value(std::shared_ptr<const definition>& x);
  void value(stop_rules& x);
  void value(metadata_map& x);
  void value(metadata& x);
  template <class T>
  void value(std::map<std::string, std::optional<T>>& x) {
    std::string scratch;
    std::string_view key;
    if (!in_.open('{')) return;
    while (in_.more('}'))
      if (in_.key(key, scratch)) value(x[std::string(key)]);
  }
  template <class T>
  void value(std::optional<T>& x) {
    if (in_.peek() == 'n') {
      in_.word("null");
      x.reset();
    } else {
      value(x.emplace());
    }
  }
  /// A fact that takes a value away says null: the outer optional is there, the inner is not.
  void value(std::optional<std::optional<std::uint64_t>>& x) { value(x.emplace()); }
  void value(std::optional<metadata>& x) { value(x.emplace()); }

private:
  template <class T>
  void choice(T& x, std::initializer_list<T> all);

  json_cursor& in_;
};

}  // namespace vilfredo::io
