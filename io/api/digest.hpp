#pragma once
#include <string>
#include <string_view>

/// Digests of OpenSSL, as raw bytes. Where it cannot make one (it may be configured so), they throw std::runtime_error:
/// no digest would be the same digest for all.
namespace vilfredo::api {

std::string sha256(std::string_view bytes);
std::string hmac_sha256(std::string_view key, std::string_view bytes);
std::string md5(std::string_view bytes);  ///< what SigOpt's clients announce files with; proves nothing else

}  // namespace vilfredo::api
