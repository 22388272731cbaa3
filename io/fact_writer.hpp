#pragma once
#include <string>
#include <string_view>
#include <utility>

#include "core/events.hpp"

namespace vilfredo::io {

/// Appends the values that facts are made of to JSON text, without anything in between: most of what a store writes is
/// numbers.
class fact_writer {
public:
  explicit fact_writer(std::string& out) : out_(out) {}

  void value(std::uint64_t x);
  void value(std::uint32_t x) { value(std::uint64_t{x}); }
  void value(bool x) { out_ += x ? "true" : "false"; }
  /// The shortest text that reads back as the same bits; NaN is null, and JSON's lack of infinities makes them texts.
  void value(double x);
  /// Valid UTF-8 as it is, any other byte XX as the lone surrogate \udcXX, so that each string comes back whole.
  void value(std::string_view x);
  void value(const std::string& x) { value(std::string_view(x)); }
  /// Milliseconds since 1970, or "forever".
  void value(time_point x);
  void value(origin x) { value(std::string_view(to_string(x))); }
  void value(return_cause x) { value(std::string_view(to_string(x))); }
  template <class Tag>
  void value(id<Tag> x) {
    value(x.number);
  }
  void value(const assignments& x) { value(x.values); }
  void value(const std::shared_ptr<const definition>& x);
  void value(const stop_rules& x);
  void value(const metadata_map& x);
  void value(const metadata& x);
  template <class T>
  void value(const std::map<std::string, std::optional<T>>& x) {
    out_ += '{';
    for (bool first = true; const auto& [name, one] : x) {
      if (!std::exchange(first, false)) out_ += ',';
      value(std::string_view(name));
      out_ += ':';
      value(one);
    }
    out_ += '}';
  }
  template <class T>
  void value(const std::vector<T>& x) {
    out_ += '[';
    for (std::size_t i = 0; i < x.size(); ++i) {
      if (i) out_ += ',';
      value(x[i]);
    }
    out_ += ']';
  }
  template <class T>
  void value(const std::optional<T>& x) {
    if (x)
      value(*x);
    else
      out_ += "null";
  }

private:
  std::string& out_;
};

}  // namespace vilfredo::io
