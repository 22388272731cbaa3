#include "io/api/page.hpp"

#include <algorithm>
#include <ranges>

#include "io/api/query.hpp"
#include "io/api/refusal.hpp"

namespace vilfredo::api {

namespace {

std::optional<sort_key> read_marker(const http::request& from, const char* name, std::size_t columns) {
  auto* text = from.parameter(name);
  if (!text) return std::nullopt;
  auto out = decode_marker(*text);
  if (!out || out->size() != columns)
    throw refusal{400, std::string("Invalid paging marker in ") + name + ": " + *text};
  return out;
}

}  // namespace

page_request read_page(const http::request& from, std::size_t columns) {
  page_request out;
  if (auto limit = query_integer(from, "limit")) {
    if (*limit < 0) throw refusal{400, "limit must be greater than or equal to 0"};
    if (*limit > static_cast<std::int64_t>(page_request::most))
      throw refusal{400, "limit must be less than or equal to " + std::to_string(page_request::most)};
    out.limit = static_cast<std::size_t>(*limit);
  }
  out.before = read_marker(from, "before", columns);
  out.after = read_marker(from, "after", columns);
  out.ascending = query_boolean(from, "ascending").value_or(false);
  return out;
}

page choose_page(const std::vector<sort_key>& keys, const page_request& wanted) {
  return choose_page(
      keys.size(), [&](std::size_t i) { return keys[i]; }, wanted);
}

page choose_page(std::size_t count, const std::function<sort_key(std::size_t)>& key_of, const page_request& wanted) {
  std::size_t low = 0, high = count;
  auto first_not = [&](auto before) {
    return *std::ranges::partition_point(std::views::iota(std::size_t{0}, count), before);
  };
  if (wanted.after) low = first_not([&](std::size_t i) { return compare(key_of(i), *wanted.after) <= 0; });
  if (wanted.before) high = first_not([&](std::size_t i) { return compare(key_of(i), *wanted.before) < 0; });
  high = std::max(high, low);
  const bool down = wanted.ascending ? wanted.before && !wanted.after : !wanted.after || wanted.before.has_value();
  const auto n = std::min(wanted.limit, high - low);
  const auto first = down ? high - n : low, last = first + n;
  page out;
  if (wanted.limit == 0 && low < high) {
    // Nothing is shown, and the marker is one from which everything still is: keys end in an id, which are whole.
    auto edge = key_of(down ? high - 1 : low);
    if (auto* id = std::get_if<std::int64_t>(&edge.back())) *id += down ? 1 : -1;
    (down ? out.before : out.after) = encode_marker(edge);
    return out;
  }
  for (auto i = first; i < last; ++i) out.items.push_back(i);
  if (!wanted.ascending) std::ranges::reverse(out.items);
  if (n > 0) {
    if (!down || first > low) out.before = encode_marker(key_of(first));
    if (down || last < high) out.after = encode_marker(key_of(last - 1));
  }
  return out;
}

}  // namespace vilfredo::api
