#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "core/error.hpp"
#include "core/time.hpp"
#include "io/http/exchange.hpp"
#include "io/http/limits.hpp"
#include "io/http/message.hpp"
#include "io/http/tls_files.hpp"

namespace vilfredo::http {

struct server_options {
  std::string address = "127.0.0.1";  ///< of this machine; 0.0.0.0 or :: for all of its addresses
  std::uint16_t port = 0;             ///< 0: one that is free
  unsigned threads = 2;
  limits within;
  std::size_t gzip_from_bytes = 2048;  ///< shorter answers are not compressed
  std::optional<tls_files> tls;        ///< nothing: plain HTTP
};

/// What happened that no handler sees: bytes that were no request, clients that were too slow, handshakes that failed.
/// The text quotes nothing that a client sent.
struct notice {
  enum class severity { info, warning };
  severity weight = severity::info;
  std::string text;
};

/// What the server did since it was opened.
struct counters {
  std::uint64_t connections = 0;       ///< accepted
  std::uint64_t connections_open = 0;  ///< now
  std::uint64_t connections_over = 0;  ///< turned away, or closed for others, because too many were open
  std::uint64_t requests = 0;          ///< handed to the handler
  std::uint64_t refused = 0;           ///< answered by the server itself: malformed, too long, too slow
  std::uint64_t answers = 0;           ///< of the handler, written
  std::uint64_t streams = 0;           ///< begun
  std::uint64_t streams_open = 0;      ///< now
  std::uint64_t streams_dropped = 0;   ///< because the reader was too slow
  std::uint64_t handshakes_failed = 0;
  std::uint64_t bytes_read = 0, bytes_written = 0;  ///< without TLS's own
};

/// Speaks HTTP/1.1 on threads of its own and knows nothing of what is asked: each request goes to one handler, which
/// answers when it can, from any thread.
///
/// Requests of one connection are handled one after the other, those that come early wait; connections do not wait for
/// each other. What is malformed, too long or too slow is refused here, with a status and a sentence, and its
/// connection closed; so is a long body that the gate does not let in. Of what such a client goes on sending a bounded
/// rest is taken and forgotten, so that it gets to read why.
class server {
public:
  using log = std::function<void(const notice&)>;
  /// Decides what errors look like: the answer of this status whose body says this.
  using error_body = std::function<response(int status, const std::string& message)>;

  /// Listens when it returns. All functions are called by the server's threads, several at a time. Without a gate all
  /// bodies are read that are within the limits.
  static result<std::unique_ptr<server>> open(server_options how, handler handle, log tell, error_body shape,
                                              gate admit = {});
  virtual ~server() = default;

  virtual std::uint16_t port() const = 0;
  /// Reads the certificate and key again, for connections from now on. If they are not good the old ones stay.
  virtual result<void> reload_certificates() = 0;
  /// Takes no more connections, closes the idle ones and the streams, waits for the answers that are due, at most
  /// `grace`, and closes. Not to be called by a handler. The destructor does it without grace.
  virtual void stop(duration grace) = 0;
  virtual counters counted() const = 0;
};

}  // namespace vilfredo::http
