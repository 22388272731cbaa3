#pragma once
#include <cstddef>
#include <memory>
#include <optional>
#include <string>

#include "core/error.hpp"
#include "core/time.hpp"
#include "io/http/message.hpp"
#include "io/http/url.hpp"

namespace vilfredo::http {

struct client_options {
  duration connect_time{10'000};  ///< to find the server and shake hands; the system may take longer for its name
  duration answer_time{60'000};   ///< from there to the end of the answer
  std::size_t answer_bytes = 64 * 1024 * 1024;  ///< of its body
  std::string authorities;                      ///< a PEM file of certificates to believe; empty: the system's
};

/// One request of a client.
struct question {
  std::string method = "GET";
  std::string target = "/";  ///< path and query, encoded; comes after the URL's prefix
  fields headers;            ///< besides Host, Content-Length and Connection
  std::string body;
  std::optional<duration> answer_time;  ///< instead of the options', for an answer that is known to take long
};

/// Asks one server, one question after the other on a connection that is kept; each call waits for its answer. For one
/// thread at a time.
///
/// Answers are given as they come, whatever their status. An error says that there was none, or not all of it: the
/// server may have done what it was asked all the same. Nothing is asked twice; who asks decides what may be.
class client {
public:
  /// Connects when it is first asked. Fails if the authorities cannot be read.
  static result<std::unique_ptr<client>> make(url where, client_options how = {});
  virtual ~client() = default;

  /// The names of the answer's headers are in lower case.
  virtual result<response> ask(const question& what) = 0;
  /// From any thread: what is being asked fails soon, as does all that is asked afterwards.
  virtual void close() = 0;
};

}  // namespace vilfredo::http
