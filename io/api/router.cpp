#include "io/api/router.hpp"

#include <algorithm>

namespace vilfredo::api {

namespace {

std::vector<std::string> parts(std::string_view path) {
  std::vector<std::string> out;
  while (path.starts_with('/')) path.remove_prefix(1);
  while (path.ends_with('/')) path.remove_suffix(1);
  while (!path.empty()) {
    auto end = std::min(path.find('/'), path.size());
    out.emplace_back(path.substr(0, end));
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
  for (const auto& r : routes_) patterns_.push_back(parts(r.pattern));
}

match router::find(std::string_view method, std::string_view path) const {
  match out;
  auto segments = parts(path);
  if (segments.empty() || segments.front() != "v1") return out;
  segments.erase(segments.begin());
  for (std::size_t i = 0; i < routes_.size(); ++i) {
    const auto& pattern = patterns_[i];
    if (!std::ranges::equal(pattern, segments, fits)) continue;
    if (std::ranges::find(out.methods, routes_[i].method) == out.methods.end())
      out.methods.push_back(routes_[i].method);
    if (out.found || routes_[i].method != method) continue;
    out.found = &routes_[i];
    for (std::size_t k = 0; k < pattern.size(); ++k)
      if (pattern[k].starts_with(':')) out.places.push_back(segments[k]);
  }
  return out;
}

}  // namespace vilfredo::api
