#pragma once
#include <cstddef>
#include <cstdint>
#include <string>

#include "app/log.hpp"
#include "io/api/body.hpp"
#include "io/http/limits.hpp"

namespace vilfredo::app {

/// `serve`: the daemon. configs/daemon.json has all of it with a word on each.
struct serve_options {
  std::string store = "vilfredo.db";
  std::string address = "127.0.0.1";
  std::uint16_t port = 7323;
  bool plain = false;                      ///< without TLS also on an address that others can reach
  std::string tls_certificate, tls_key;    ///< PEM files; both or neither
  std::string token_file;                  ///< holds the first token, or gets it; empty: it is shown
  std::size_t optimizers = 2;              ///< threads that plan
  unsigned http_threads = 2;               ///< that read and write
  unsigned api_threads = 2;                ///< that make answers
  double most_reads = 0, most_writes = 0;  ///< a second and token; 0: no limit
  http::limits within;                     ///< of each client
  api::body_limits body;                   ///< of one request's JSON
  duration stop_time{10'000};              ///< for what is under way when it ends
  log::format log_format = log::format::text;
  log_level log_most = log_level::info;
  std::string log_file;  ///< empty: standard error
};

}  // namespace vilfredo::app
