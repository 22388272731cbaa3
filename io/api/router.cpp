#include "io/api/router.hpp"

#include <algorithm>

namespace vilfredo::api {

namespace {

/// Views of the path.
std::vector<std::string_view> parts(std::string_view path) {
  std::vector<std::string_view> out;
  out.reserve(8);
  while (path.starts_with('/')) path.remove_prefix(1);
  while (path.ends_with('/')) path.remove_suffix(1);
  while (!path.empty()) {
    auto end = std::min(path.find('/'), path.size());
    out.push_back(path.substr(0, end));
    path.remove_prefix(std::min(end + 1, path.size()));
  }
  return out;
}

bool fits(std::string_view pattern, std::string_view segment) {
  if (pattern == ":id")
    return !segment.empty() && std::ranges::all_of(segment, [](char c) { return c >= '0' && c <= '9'; });
  return pattern.starts_with(':') ? !segment.empty() : pattern == segment;
}

}  // namespace

router::router(std::vector<route> routes) : routes_(std::move(routes)) {
  // Fixed words before places, so that /tokens/self is not a token.
  std::ranges::stable_sort(routes_, {}, [](const route& r) { return std::ranges::count(r.pattern, ':'); });
  for (const auto& r : routes_) {
    const auto words = parts(r.pattern);
    if (by_length_.size() <= words.size()) by_length_.resize(words.size() + 1);
    by_length_[words.size()].push_back({&r, {words.begin(), words.end()}});
  }
}

match router::find(std::string_view method, std::string_view path) const {
  match out;
  auto segments = parts(path);
  if (segments.empty() || segments.front() != "v1") return out;
  segments.erase(segments.begin());
  if (segments.size() >= by_length_.size()) return out;
  for (const auto& [route, pattern] : by_length_[segments.size()]) {
    if (!std::ranges::equal(pattern, segments, fits)) continue;
    if (route->method != method) {
      if (std::ranges::find(out.methods, route->method) == out.methods.end()) out.methods.push_back(route->method);
      continue;
    }
    out.found = route;
    for (std::size_t k = 0; k < pattern.size(); ++k)
      if (pattern[k].starts_with(':')) out.places.emplace_back(segments[k]);
    return out;
  }
  return out;
}

}  // namespace vilfredo::api
