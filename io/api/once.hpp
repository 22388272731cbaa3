#pragma once
#include <optional>
#include <string>

#include "io/api/call.hpp"

/// What is done once however often it is asked for, where documents are made: an idempotency key is claimed by the
/// change that it stands for, with a fingerprint of what was asked.
namespace vilfredo::api {

/// To be kept with what the request makes; `what` says what that is. `version` as of any document: 0 is for a new one.
document_change claim(const call& c, const std::string& what, std::optional<std::uint64_t> version = 0);

/// What this request's key was claimed for, its body being `what`; nothing where nobody has claimed it. Throws a
/// refusal of 422 where another request has: the method, the path or the body was another.
task<std::optional<document>> claimed(call& c);

}  // namespace vilfredo::api
