#pragma once
#include <string>
#include <string_view>

#include "core/error.hpp"
#include "io/http/message.hpp"

namespace vilfredo::http {

/// What a request names: a path and a query, decoded.
struct target {
  std::string path;
  fields query;
};

/// Reads `/path?query`, `http://host/path?query`, or `*`. A plus sign in the query is a blank, as forms write it. The
/// reasons of refusal do not quote the target, which may carry secrets.
result<target> parse_target(std::string_view text);

/// As a part of a path or query: all but letters, digits and `-._~` escaped.
std::string percent_encoded(std::string_view text);

}  // namespace vilfredo::http
