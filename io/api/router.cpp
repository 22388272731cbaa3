#include "io/api/router.hpp"

#include <algorithm>
#include <array>
#include <span>

namespace vilfredo::api {

namespace {

/// Views of the path's segments. One that has more than any pattern has is cut there.
struct segments {
  static constexpr std::size_t most = 16;
  std::array<std::string_view, most> all;
  std::size_t count = 0;

  auto begin() const { return all.begin(); }
  auto end() const { return all.begin() + count; }
};

segments parts(std::string_view path) {
  segments out;
  while (path.starts_with('/')) path.remove_prefix(1);
  while (path.ends_with('/')) path.remove_suffix(1);
  while (!path.empty() && out.count < segments::most) {
    auto end = std::min(path.find('/'), path.size());
    out.all[out.count++] = path.substr(0, end);
    path.remove_prefix(std::min(end + 1, path.size()));
  }
  return out;
}

bool fits(std::string_view pattern, std::string_view segment) {
  if (!pattern.starts_with(':')) return pattern == segment;
  if (pattern != ":id") return !segment.empty();
  return !segment.empty() && std::ranges::all_of(segment, [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

router::router(std::vector<route> routes) : routes_(std::move(routes)) {
  // Fixed words before places, so that /tokens/self is not a token.
  std::ranges::stable_sort(routes_, {}, [](const route& r) { return std::ranges::count(r.pattern, ':'); });
  for (const auto& r : routes_) {
    const auto words = parts(r.pattern);
    if (by_length_.size() <= words.count) by_length_.resize(words.count + 1);
    by_length_[words.count].push_back({&r, {words.begin(), words.end()}});
  }
}

match router::find(std::string_view method, std::string_view path) const {
  match out;
  const auto all = parts(path);
  if (all.count == 0 || *all.begin() != "v1" || all.count > by_length_.size()) return out;
  const std::span rest(all.begin() + 1, all.end());
  for (const auto& [route, pattern] : by_length_[rest.size()]) {
    if (!std::ranges::equal(pattern, rest, fits)) continue;
    if (route->method != method) {
      if (std::ranges::find(out.methods, route->method) == out.methods.end()) out.methods.push_back(route->method);
      continue;
    }
    out.found = route;
    for (std::size_t k = 0; k < pattern.size(); ++k)
      if (pattern[k].starts_with(':')) out.places.emplace_back(rest[k]);
    return out;
  }
  return out;
}

}  // namespace vilfredo::api
