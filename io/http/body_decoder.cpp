#include "io/http/body_decoder.hpp"

#include <algorithm>

#include "io/http/characters.hpp"

namespace vilfredo::http {

namespace {
constexpr std::size_t longest_size_line = 256;
/// No body is so long that this many hexadecimal digits are needed, and they fit 64 bits.
constexpr std::size_t most_size_digits = 15;

refusal bad(std::string why) { return {400, std::move(why)}; }
}  // namespace

body_decoder::body_decoder(const head& of, const limits& within)
    : within_(within),
      part_(of.chunked      ? part::size
            : of.length > 0 ? part::data
                            : part::nothing),
      chunked_(of.chunked),
      left_(of.chunked ? 0 : of.length) {}

std::variant<std::size_t, refusal> body_decoder::feed(std::string_view bytes, std::string& body) {
  std::size_t taken = 0;
  while (taken < bytes.size() && part_ != part::nothing) {
    if (part_ == part::data) {
      auto some = static_cast<std::size_t>(std::min<std::uint64_t>(left_, bytes.size() - taken));
      body.append(bytes, taken, some);
      taken += some;
      left_ -= some;
      if (left_ == 0) part_ = chunked_ ? part::data_end : part::nothing;
      continue;
    }
    const char c = bytes[taken++];
    if (!line_.empty() && line_.back() == '\r') {
      if (c != '\n') return bad("a carriage return stands within a line between the chunks of the body");
      line_.pop_back();
      if (auto fault = end_line()) return *std::move(fault);
      line_.clear();
      continue;
    }
    if (c == '\n') return bad("a line between the chunks of the body ends without a carriage return");
    if (is_control(c) && c != '\r' && c != '\t')
      return bad("a line between the chunks of the body holds a control character");
    if (part_ == part::data_end && c != '\r') return bad("a chunk of the body is longer than it said");
    if (part_ == part::size && line_.size() == longest_size_line)
      return bad("the line before a chunk of the body is longer than " + std::to_string(longest_size_line) + " bytes");
    if (part_ == part::trailer && ++trailer_bytes_ > within_.header_bytes)
      return refusal{431, "the request's trailers are longer than the " + std::to_string(within_.header_bytes) +
                              " bytes that this server takes"};
    line_ += c;
  }
  return taken;
}

std::optional<refusal> body_decoder::end_line() {
  if (part_ == part::data_end) {
    part_ = part::size;
    return std::nullopt;
  }
  if (part_ == part::trailer) {
    if (line_.empty()) {
      part_ = part::nothing;
      return std::nullopt;
    }
    auto read = parse_field(line_);
    if (auto* fault = std::get_if<refusal>(&read)) return *std::move(fault);
    return std::nullopt;
  }
  std::size_t digits = 0;
  std::uint64_t size = 0;
  for (; digits < line_.size() && hex_digit(line_[digits]) >= 0; ++digits) {
    if (digits == most_size_digits) return bad("the size of a chunk of the body has too many digits");
    size = size * 16 + static_cast<std::uint64_t>(hex_digit(line_[digits]));
  }
  auto rest = trimmed(std::string_view(line_).substr(digits));
  if (digits == 0 || (!rest.empty() && rest.front() != ';') || (rest.empty() && digits != line_.size()))
    return bad("the size of a chunk of the body is not a hexadecimal number");
  if (size > within_.body_bytes - total_)
    return refusal{413, "the request's body is longer than the " + std::to_string(within_.body_bytes) +
                            " bytes that this server takes"};
  total_ += size;
  left_ = size;
  part_ = size == 0 ? part::trailer : part::data;
  return std::nullopt;
}

}  // namespace vilfredo::http
