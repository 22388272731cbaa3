#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "app/house.hpp"
#include "app/log_level.hpp"
#include "core/error.hpp"
#include "io/api/service.hpp"
#include "io/http/server.hpp"

namespace vilfredo::app {

struct daemon_options {
  http::server_options http;
  api::service_options api;
  unsigned threads = 2;                                                  ///< that make answers
  std::string first_token;                                               ///< empty: a random one, if the store has none
  std::function<log_losses()> lines_lost = [] { return log_losses{}; };  ///< of the log
};

/// The API on a socket over a house: what `vilfredo serve` is, without signals and terminal.
class daemon {
public:
  /// `home` outlives it, and is closed when it ends. `log` is called by many threads.
  static result<std::unique_ptr<daemon>> start(house& home, daemon_options how,
                                               std::function<void(const api::served&)> log, http::server::log notice);
  virtual ~daemon() = default;

  virtual std::uint16_t port() const = 0;
  /// The first token, if it was made now; empty otherwise.
  virtual const std::string& made_token() const = 0;
  virtual result<void> reload_certificates() = 0;
  /// Takes no more requests, and answers those that are under way.
  virtual void stop(duration grace) = 0;
};

}  // namespace vilfredo::app
