#pragma once
#include <cstddef>
#include <ctime>
#include <optional>
#include <string>
#include <string_view>

#include "io/http/message.hpp"

namespace vilfredo::http {

/// How the end of an answer's body is told, and what becomes of the connection.
struct answer_shape {
  std::optional<std::size_t> length;  ///< nothing: chunked, or until the connection closes
  bool chunked = false;
  bool keep_alive = true;
  bool http_10 = false;
};

/// An answer up to its body.
std::string response_head(const response& what, const answer_shape& shape, std::string_view date);

/// May an answer of this status have a body?
bool has_body(int status);

/// `Sun, 06 Nov 1994 08:49:37 GMT`
std::string http_date(std::time_t when);

/// A piece of a chunked body; empty text gives an empty piece, not the end.
std::string chunk(std::string_view text);
inline constexpr std::string_view last_chunk = "0\r\n\r\n";

}  // namespace vilfredo::http
