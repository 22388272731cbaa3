#pragma once
#include <algorithm>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "io/api/objects.hpp"
#include "io/api/page.hpp"

namespace vilfredo::api {

template <class Item>
using keyed = std::vector<std::pair<sort_key, Item>>;

/// Sorts a list by its keys, which are gone then, and chooses a page of it.
template <class Item>
page choose_page(keyed<Item>& all, const page_request& wanted) {
  auto rising = [](const auto& a, const auto& b) { return compare(a.first, b.first) < 0; };
  // Most lists come in the order of their ids.
  if (!std::ranges::is_sorted(all, rising)) std::ranges::sort(all, rising);
  std::vector<sort_key> keys;
  keys.reserve(all.size());
  for (auto& [key, item] : all) keys.push_back(std::move(key));
  return choose_page(keys, wanted);
}

/// A page of a list, by its keys; makes objects of what is on the page alone.
template <class Item, class Make>
nlohmann::json listing(keyed<Item> all, const page_request& wanted, Make make) {
  auto chosen = choose_page(all, wanted);
  auto data = nlohmann::json::array();
  for (auto i : chosen.items) data.push_back(make(all[i].second));
  return pagination(all.size(), std::move(data), chosen);
}

inline sort_key id_key(std::uint64_t number) { return {static_cast<std::int64_t>(number)}; }

}  // namespace vilfredo::api
