#pragma once
#include <optional>
#include <string>

#include "core/error.hpp"
#include "io/remote/orchestra.hpp"

namespace vilfredo::app {

inline constexpr const char* default_store = "vilfredo.db";

/// Where experiments are kept: in a store of this machine, or by a daemon if there is a URL.
struct place {
  std::string store = default_store;
  std::string url;
  std::string token;       ///< of the environment; never an argument, which others could read
  std::string token_file;  ///< goes before it
  std::string authorities;

  bool remote() const { return !url.empty(); }
  /// For sentences.
  const std::string& name() const { return remote() ? url : store; }
};

/// How to reach the daemon of a place.
result<remote::access> access_to(const place& where);

}  // namespace vilfredo::app
