#pragma once
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "io/api/marker.hpp"
#include "io/http/message.hpp"

namespace vilfredo::api {

/// Which part of a sorted list is wanted: `limit`, `before`, `after`, `ascending`.
struct page_request {
  std::size_t limit = 1000;
  std::optional<sort_key> before, after;  ///< below and above these
  bool ascending = false;

  static constexpr std::size_t most = 1000;
};

/// Reads it from the query; markers must have `columns` symbols. Throws a refusal that names the argument.
page_request read_page(const http::request& from, std::size_t columns = 1);

/// The places of a page's items in a list sorted upwards, in the order to show them, and the markers to go on with.
struct page {
  std::vector<std::size_t> items;
  std::optional<std::string> before, after;
};
/// `keys`: of the whole list, rising. Lists are shown downwards unless `ascending`; they are walked downwards unless
/// only `after` is given, or `ascending` and not only `before`.
page choose_page(const std::vector<sort_key>& keys, const page_request& wanted);
/// The same of `count` items whose keys are not written down; some of them are asked for.
page choose_page(std::size_t count, const std::function<sort_key(std::size_t)>& key_of, const page_request& wanted);

}  // namespace vilfredo::api
