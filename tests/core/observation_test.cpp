#include "core/observation.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <vector>

#include "core/random.hpp"

using namespace vilfredo;

namespace {
observation numbered(std::uint64_t n) {
  observation o;
  o.id = {n};
  o.values = {static_cast<double>(n)};
  return o;
}
std::vector<std::uint64_t> ids(const history& h) {
  std::vector<std::uint64_t> out;
  for (const auto& o : h) out.push_back(o.id.number);
  return out;
}
}  // namespace

TEST_CASE("a copy of a history is a snapshot that later changes do not touch") {
  history h;
  for (std::uint64_t n = 1; n <= 100; ++n) h.append(numbered(n));
  history snapshot = h;
  h.append(numbered(101));
  h.replace(3, numbered(1000));
  h.erase(0);
  CHECK(snapshot.size() == 100);
  CHECK(snapshot[3].id.number == 4);
  CHECK(snapshot[0].id.number == 1);
  CHECK(h.size() == 100);
  CHECK(h[2].id.number == 1000);
  CHECK(h[99].id.number == 101);
  snapshot.append(numbered(7));
  CHECK(snapshot[100].id.number == 7);
  CHECK(h.size() == 100);
}

TEST_CASE("random changes to many snapshots agree with plain vectors") {
  random_source r(11);
  std::vector<std::pair<history, std::vector<std::uint64_t>>> pairs(1);
  std::uint64_t next = 1;
  // Just below the size of a block, so that they cross it to and fro.
  for (; next <= 1000; ++next) {
    pairs[0].first.append(numbered(next));
    pairs[0].second.push_back(next);
  }
  for (int i = 0; i < 5000; ++i) {
    auto& [h, plain] = pairs[r.below(pairs.size())];
    switch (r.below(8)) {
    case 0:
      if (!plain.empty()) {
        auto at = r.below(plain.size());
        h.erase(at);
        plain.erase(plain.begin() + static_cast<std::ptrdiff_t>(at));
      }
      break;
    case 1:
      if (!plain.empty()) {
        auto at = r.below(plain.size());
        h.replace(at, numbered(next));
        plain[at] = next++;
      }
      break;
    case 2:
      if (pairs.size() < 6)
        pairs.push_back({h, plain});
      else
        pairs.erase(pairs.begin() + static_cast<std::ptrdiff_t>(r.below(pairs.size())));
      break;
    default: h.append(numbered(next)); plain.push_back(next++);
    }
  }
  std::size_t longest = 0;
  for (const auto& [h, plain] : pairs) {
    longest = std::max(longest, h.size());
    CHECK(h.size() == plain.size());
    CHECK(ids(h) == plain);
  }
  CHECK(longest > 1100);
}

TEST_CASE("an observation failed when it says why") {
  observation o;
  CHECK_FALSE(o.failed());
  o.failure = "diverged";
  CHECK(o.failed());
}
