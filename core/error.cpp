#include "core/error.hpp"

namespace vilfredo {

const char* to_string(errc code) {
  switch (code) {
  case errc::invalid: return "invalid";
  case errc::not_found: return "not_found";
  case errc::conflict: return "conflict";
  case errc::reused: return "reused";
  case errc::exhausted: return "exhausted";
  case errc::paused: return "paused";
  case errc::later: return "later";
  case errc::overloaded: return "overloaded";
  case errc::unavailable: return "unavailable";
  case errc::internal: return "internal";
  }
  return "internal";
}

}  // namespace vilfredo
