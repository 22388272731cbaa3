#pragma once
#include <cstddef>
#include <string>

#include "core/time.hpp"

namespace vilfredo::http {

/// What one client may use of the server. Each is named in the sentence that refuses what is beyond it.
struct limits {
  std::size_t target_bytes = 8 * 1024;           ///< the first line's target; more is answered 414
  std::size_t header_bytes = 16 * 1024;          ///< first line and headers, or trailers; 431
  std::size_t header_fields = 100;               ///< their number; 431
  std::size_t body_bytes = 8 * 1024 * 1024;      ///< 413
  std::size_t bodies_bytes = 256 * 1024 * 1024;  ///< of all long bodies that are here at a time, of all clients; 503
  std::size_t connections = 4096;                ///< open at a time, of all clients; 503
  std::size_t stream_bytes = 256 * 1024;         ///< waiting for one reader of an event stream; a slower one is dropped

  duration header_time{
      10'000};                 ///< from the first byte of a request to the end of its headers; TLS handshakes, too; 408
  duration body_time{60'000};  ///< from there to the end of its body; 408
  duration idle_time{75'000};  ///< between requests; closed without a word
  duration write_time{30'000};  ///< for each 256 KiB that the client takes; closed
  duration linger_time{1'000};  ///< for the client to read a last answer and close
};

/// Of bodies that are longer, what can be known without them is asked before they are read.
constexpr std::size_t brief_body = 32 * 1024;

/// "10 s" or "250 ms", for the sentences that name a limit.
inline std::string in_words(duration time) {
  return time.count() % 1000 == 0 ? std::to_string(time.count() / 1000) + " s" : std::to_string(time.count()) + " ms";
}

}  // namespace vilfredo::http
