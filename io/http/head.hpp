#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "io/http/limits.hpp"
#include "io/http/message.hpp"

namespace vilfredo::http {

/// Why bytes are no request that this server answers: the status, and a sentence that quotes nothing of them.
struct refusal {
  int status = 400;
  std::string message;
};

/// A request up to its body, and what its headers say about the connection.
struct head {
  request what;
  bool http_10 = false;
  bool keep_alive = true;
  bool chunked = false;
  std::uint64_t length = 0;       ///< of the body, when it is not chunked
  bool expects_continue = false;  ///< sends its body when told to
  bool takes_gzip = false;
};

/// Finds the end of a head in bytes that arrive bit by bit, and sees early what can never become one.
class head_scanner {
public:
  explicit head_scanner(const limits& within) : within_(within) {}

  /// `bytes` is all that arrived since the last request, the same beginning each time. The size of the head with its
  /// empty last line, or nothing as long as more must come.
  std::variant<std::optional<std::size_t>, refusal> scan(std::string_view bytes);
  void restart() { *this = head_scanner(within_); }

private:
  limits within_;
  std::size_t seen_ = 0, begin_ = 0, line_ = 0;
  bool first_line_ = true;
};

/// Reads a whole head, strictly: no folded lines, no blank before a colon, one Host, and a body length that can be
/// understood in one way only (RFC 9112, 6.3 and 11.2).
std::variant<head, refusal> parse_head(std::string_view text, const limits& within);

/// A header or trailer line without its end, as name in lower case and value; or why it is none.
std::variant<std::pair<std::string, std::string>, refusal> parse_field(std::string_view line);

}  // namespace vilfredo::http
