#include "core/hash_table.hpp"

#include <doctest/doctest.h>

#include <map>

#include "core/random.hpp"

using namespace vilfredo;

namespace {
template <class Key>
std::map<Key, std::uint32_t> content(const hash_table<Key, std::uint32_t>& table) {
  std::map<Key, std::uint32_t> out;
  table.visit([&](const Key& key, std::uint32_t value) { CHECK(out.emplace(key, value).second); });
  return out;
}
}  // namespace

TEST_CASE("a new table holds nothing and finds nothing") {
  hash_table<std::uint64_t, std::uint32_t> table;
  CHECK(table.size() == 0);
  CHECK(!table.contains(0));
  table.erase(0);
  CHECK(content(table).empty());
}

TEST_CASE("zero is a key like any other") {
  hash_table<std::uint64_t, std::uint32_t> table;
  table[0] = 7;
  REQUIRE(table.find(0));
  CHECK(*table.find(0) == 7);
  table.erase(0);
  CHECK(!table.contains(0));
  CHECK(table[0] == 0);
}

TEST_CASE("a table does what a map does, through thousands of insertions and removals") {
  for (std::uint64_t range : {20u, 300u, 100'000u}) {
    CAPTURE(range);
    random_source random(range);
    hash_table<std::uint64_t, std::uint32_t> table;
    std::map<std::uint64_t, std::uint32_t> map;
    for (int i = 0; i < 20'000; ++i) {
      // Neighbouring keys, and keys that differ in their highest bits alone, must not all meet in one place.
      auto key = random.below(range) << (random.below(2) ? 44 : 0);
      if (random.below(3) == 0) {
        table.erase(key);
        map.erase(key);
      } else {
        auto value = static_cast<std::uint32_t>(i);
        table[key] = value;
        map[key] = value;
      }
      if (i % 1000 == 0) CHECK(content(table) == map);
    }
    CHECK(content(table) == map);
    CHECK(table.size() == map.size());
    for (std::uint64_t key = 0; key < range; ++key) CHECK(table.contains(key) == map.contains(key));
  }
}

TEST_CASE("keys of 128 bits that share their first half are told apart") {
  using key = std::array<std::uint64_t, 2>;
  hash_table<key, std::uint32_t> table;
  for (std::uint32_t i = 0; i < 100; ++i) table[key{5, i}] = i;
  table.erase(key{5, 50});
  CHECK(table.size() == 99);
  for (std::uint32_t i = 0; i < 100; ++i) {
    auto found = table.find(key{5, i});
    CHECK((found != nullptr) == (i != 50));
    if (found) CHECK(*found == i);
  }
}
