#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace vilfredo::http {

class presence;
using fields = std::vector<std::pair<std::string, std::string>>;

/// What a client asked, read and checked: whatever is malformed was answered before anybody saw it.
struct request {
  std::string method;  ///< any token: GET, MERGE, …
  std::string path;    ///< percent-decoded, without query; printable, and beginning with a slash (or "*" of OPTIONS)
  fields query;        ///< decoded, in order
  fields headers;      ///< names in lower case, in order
  std::string body;
  std::string peer;                          ///< address and port, for the log
  bool secure = false;                       ///< it came by TLS
  std::shared_ptr<http::presence> presence;  ///< until it is answered; null where nobody watches over it

  /// The value of the first header or query parameter of this name (headers in lower case), or null.
  const std::string* header(std::string_view name) const;
  const std::string* parameter(std::string_view name) const;
};

/// Headers that many answers have alike, checked and written down once.
class standing_headers {
public:
  explicit standing_headers(fields all);
  const fields& all() const { return all_; }
  const std::string& text() const { return text_; }  ///< each with its line's end

private:
  fields all_;
  std::string text_;
};

/// What it gets. Content-Length, Transfer-Encoding, Date and Connection are the server's to set; those given are left
/// out. Control characters in headers become blanks.
struct response {
  int status = 200;
  fields headers;
  std::string body;
  const standing_headers* standing = nullptr;  ///< besides; must outlive the answer

  /// The value of the first header whose name is written so, or null; what a client gets has them in lower case.
  const std::string* header(std::string_view name) const;
};

/// What the specification calls this status, or an empty text.
std::string_view reason(int status);

}  // namespace vilfredo::http
