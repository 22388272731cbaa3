#include "io/api/page.hpp"

#include <doctest/doctest.h>

#include "io/api/refusal.hpp"

using namespace vilfredo;
using namespace vilfredo::api;

namespace {

std::vector<sort_key> ids(std::int64_t n) {
  std::vector<sort_key> out;
  for (std::int64_t i = 1; i <= n; ++i) out.push_back({i});
  return out;
}
page_request of(std::size_t limit, bool ascending = false) {
  page_request out;
  out.limit = limit;
  out.ascending = ascending;
  return out;
}
std::optional<sort_key> at(std::int64_t id) { return sort_key{id}; }
using places = std::vector<std::size_t>;

}  // namespace

TEST_CASE("a list is shown downwards, and its last page has nothing before it") {
  auto first = choose_page(ids(5), of(3));
  CHECK(first.items == places{4, 3, 2});
  CHECK(first.before == encode_marker({std::int64_t{3}}));
  CHECK(first.after == encode_marker({std::int64_t{5}}));
  auto next = of(3);
  next.before = decode_marker(*first.before);
  auto second = choose_page(ids(5), next);
  CHECK(second.items == places{1, 0});
  CHECK_FALSE(second.before);
  CHECK(second.after == encode_marker({std::int64_t{2}}));
}

TEST_CASE("upwards it goes on with after") {
  auto first = choose_page(ids(5), of(3, true));
  CHECK(first.items == places{0, 1, 2});
  CHECK(first.after == encode_marker({std::int64_t{3}}));
  CHECK(first.before == encode_marker({std::int64_t{1}}));
  auto next = of(3, true);
  next.after = decode_marker(*first.after);
  auto second = choose_page(ids(5), next);
  CHECK(second.items == places{3, 4});
  CHECK_FALSE(second.after);
}

TEST_CASE("after alone walks upwards though the list is shown downwards") {
  auto newer = of(2);
  newer.after = at(2);
  auto x = choose_page(ids(5), newer);
  CHECK(x.items == places{3, 2});
  CHECK(x.after == encode_marker({std::int64_t{4}}));
  newer.before = at(5);
  CHECK(choose_page(ids(5), newer).items == places{3, 2});
  newer.after = at(4);
  newer.before = at(2);
  CHECK(choose_page(ids(5), newer).items.empty());
}

TEST_CASE("an empty page has no markers, and a limit of nothing shows nothing") {
  CHECK(choose_page({}, of(3)).items.empty());
  CHECK_FALSE(choose_page({}, of(3)).after);
  CHECK(choose_page(ids(3), of(0)).items.empty());
}

TEST_CASE("who asks for nothing gets a marker from which everything still follows") {
  auto goes_on = [](bool ascending) {
    auto nothing = choose_page(ids(3), of(0, ascending));
    auto next = of(5, ascending);
    if (nothing.before) next.before = decode_marker(*nothing.before);
    if (nothing.after) next.after = decode_marker(*nothing.after);
    CHECK(nothing.before.has_value() != ascending);
    CHECK(nothing.after.has_value() == ascending);
    return choose_page(ids(3), next).items;
  };
  CHECK(goes_on(false) == places{2, 1, 0});
  CHECK(goes_on(true) == places{0, 1, 2});
  CHECK_FALSE(choose_page({}, of(0)).before);
}

TEST_CASE("arguments that make no sense are refused by name") {
  auto status = [](std::string name, std::string value) {
    http::request r;
    r.query = {{std::move(name), std::move(value)}};
    try {
      read_page(r);
    } catch (const refusal& why) {
      return why.status;
    }
    return 200;
  };
  CHECK(status("limit", "1000") == 200);
  CHECK(status("limit", "1001") == 400);
  CHECK(status("limit", "-1") == 400);
  CHECK(status("limit", "ten") == 400);
  CHECK(status("before", "") == 400);
  CHECK(status("after", "CgIQBw") == 200);
  CHECK(status("after", encode_marker({1.0, std::int64_t{1}})) == 400);
  CHECK(status("ascending", "True") == 200);
  CHECK(status("ascending", "2") == 400);
}
