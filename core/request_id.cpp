#include "core/request_id.hpp"

#include <charconv>

namespace vilfredo {

namespace {
constexpr std::size_t digits = 8, print_size = digits + 2;
}  // namespace

std::string with_print(std::uint32_t print, std::string_view id) {
  std::string out(print_size, '#');
  for (auto at = digits; at > 0; --at, print >>= 4) out[at] = "0123456789abcdef"[print & 15];
  return out.append(id);
}

std::uint32_t print_of(std::string_view request_id) {
  if (request_id.size() < print_size || request_id[0] != '#' || request_id[digits + 1] != '#') return 0;
  const auto* begin = request_id.data() + 1;
  const auto* end = begin + digits;
  std::uint32_t out = 0;
  auto [stopped, wrong] = std::from_chars(begin, end, out, 16);
  return wrong == std::errc{} && stopped == end ? out : 0;
}

std::string any_print(std::string_view request_id) { return std::string("##").append(bare_id(request_id)); }

std::string_view bare_id(std::string_view request_id) {
  return print_of(request_id) == 0 ? request_id : request_id.substr(print_size);
}

}  // namespace vilfredo
