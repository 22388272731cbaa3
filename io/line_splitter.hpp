#pragma once
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace vilfredo::io {

/// Cuts a stream of bytes into lines and holds no more than one line of the longest allowed length.
///
/// A longer line comes out once, cut to the limit and marked as such; the rest of it is swallowed.
class line_splitter {
public:
  struct line {
    std::string_view text;  ///< without its end, LF or CR LF; valid during the call
    bool cut = false;
  };
  using consumer = std::function<void(const line&)>;

  explicit line_splitter(std::size_t longest) : longest_(longest) {}

  void take(std::string_view bytes, const consumer& each);
  /// What was left without a line's end, if anything.
  void finish(const consumer& each);

private:
  void hold(std::string_view bytes);
  void give(std::string_view text, const consumer& each);

  std::size_t longest_;
  std::string held_;
  bool cut_ = false;
};

}  // namespace vilfredo::io
