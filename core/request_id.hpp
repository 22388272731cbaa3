#pragma once
#include <cstdint>
#include <string>
#include <string_view>

/// The text by which a command that is sent twice is known as one. It may carry a fingerprint of what was asked, so
/// that a second use for something else is seen for what it is: `#`, eight hexadecimal digits and `#` before the id
/// proper. One without a fingerprint goes with any, as those do that were stored before there were any.
namespace vilfredo {

/// `print` must not be 0.
std::string with_print(std::uint32_t print, std::string_view id);
/// Without the fingerprint.
std::string_view bare_id(std::string_view request_id);
/// With a fingerprint or without: what stands for it whatever its fingerprint is. No id proper begins so.
std::string any_print(std::string_view request_id);
/// 0: it carries none.
std::uint32_t print_of(std::string_view request_id);

inline bool goes_with(std::uint32_t print, std::uint32_t other) { return print == other || print == 0 || other == 0; }

}  // namespace vilfredo
