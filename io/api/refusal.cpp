#include "io/api/refusal.hpp"

namespace vilfredo::api {

int status_of(errc code) {
  switch (code) {
  case errc::invalid: return 400;
  case errc::not_found: return 404;
  case errc::conflict: return 409;
  case errc::reused: return 422;
  case errc::exhausted: return 422;
  case errc::paused: return 422;
  case errc::later: return 503;
  case errc::overloaded: return 503;
  case errc::unavailable: return 503;
  case errc::internal: return 500;
  }
  return 500;
}

refusal refusal_of(const error& why) { return {status_of(why.code), why.message, {{"code", to_string(why.code)}}}; }

}  // namespace vilfredo::api
