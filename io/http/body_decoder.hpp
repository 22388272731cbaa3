#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "io/http/head.hpp"

namespace vilfredo::http {

/// Collects a request's body from bytes that arrive bit by bit: so many, or in chunks (RFC 9112, 7.1). Chunk extensions
/// and trailers are checked and forgotten.
class body_decoder {
public:
  body_decoder(const head& of, const limits& within);

  /// Takes what belongs to the body from the front of `bytes`, appends it to `body`, and returns how much it took; or
  /// says what is wrong.
  std::variant<std::size_t, refusal> feed(std::string_view bytes, std::string& body);
  bool done() const { return part_ == part::nothing; }

private:
  enum class part { data, data_end, size, trailer, nothing };
  std::optional<refusal> end_line();

  limits within_;
  part part_;
  bool chunked_;
  std::uint64_t left_, total_ = 0;
  std::string line_;
  std::size_t trailer_bytes_ = 0;
};

}  // namespace vilfredo::http
