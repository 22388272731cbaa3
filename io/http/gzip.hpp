#pragma once
#include <cstddef>
#include <memory>
#include <string>
#include <utility>

namespace vilfredo::http {

/// Compresses a text in slices, so that a long one does not hold up a thread that others wait for.
class gzip {
public:
  explicit gzip(std::string text);
  ~gzip();
  gzip(gzip&&) noexcept;
  gzip& operator=(gzip&&) noexcept;

  /// Compresses about a millisecond's worth; true when that was the last.
  bool go_on();
  std::string take() { return std::move(compressed_); }

private:
  struct engine;
  std::string text_, compressed_;
  std::size_t done_ = 0;
  std::unique_ptr<engine> engine_;
};

}  // namespace vilfredo::http
