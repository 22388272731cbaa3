#include "app/watch.hpp"

#include <doctest/doctest.h>

#include "tests/support/bookkeeper.hpp"

using namespace vilfredo;
using namespace vilfredo::test;
using namespace std::chrono_literals;
using app::watch;

namespace {
definition two_metrics() {
  auto d = experiment({real("x", 0, 1)}, {maximize("good"), minimize("slow")});
  d.observation_budget = 10;
  return d;
}
}  // namespace

TEST_CASE("a watcher follows the facts it has not seen and notices a hole") {
  bookkeeper keeper(two_metrics());
  watch w("t", keeper.replayed(), keeper.now);
  keeper.issue({0.5});
  keeper.issue({0.6});
  CHECK(w.follow(keeper.facts()[0]) == watch::followed::known);
  CHECK(w.follow(keeper.facts()[2]) == watch::followed::gap);
  CHECK(w.follow(keeper.facts()[1]) == watch::followed::yes);
  CHECK(w.follow(keeper.facts()[2]) == watch::followed::yes);
  CHECK(w.book().dump() == keeper.book().dump());
}

TEST_CASE("the picture tells counts, rate, time left, running trials and failures of this run") {
  bookkeeper keeper(two_metrics());
  auto old = keeper.issue({0.1});
  keeper.send(complete{old, 1, {{"good", 1, {}}, {"slow", 1, {}}}});
  watch w("t", keeper.replayed(), keeper.now);
  auto seen = keeper.facts().size();
  auto a = keeper.issue({0.2});
  auto b = keeper.issue({0.3});
  keeper.issue({0.4});
  keeper.send(report{{4}, 1, 3, {{"good", 0.5, {}}}});
  keeper.send(complete{a, 1, {{"good", 2, {}}, {"slow", 2, {}}}});
  keeper.send(fail{b, 1, "diverged"});
  for (; seen < keeper.facts().size(); ++seen) CHECK(w.follow(keeper.facts()[seen]) == watch::followed::yes);
  auto p = w.picture(keeper.now + 60s);
  CHECK(p.ended == 3);
  CHECK(p.completed == 2);
  CHECK(p.failed == 1);
  CHECK(p.budget == 10);
  CHECK(*p.per_minute == doctest::Approx(2));  // two ended in this run's minute
  CHECK(*p.left == duration{210s});
  REQUIRE(p.running.size() == 1);
  CHECK(p.running[0].trial == "4");
  CHECK(p.running[0].report == "step 3: good 0.5");
  CHECK(p.running[0].assignments == "x=0.4");
  CHECK(p.running[0].age == duration{60s});
  CHECK(p.front_title == "Pareto front, 2 trials");
  REQUIRE(p.front.rows.size() == 2);
  CHECK(p.front.rows[0][0].text == "2");  // best by the first metric first
  REQUIRE(p.failures.size() == 1);
  CHECK(p.failures[0] == std::pair<std::string, std::uint64_t>{"diverged", 1});
}

TEST_CASE("before anything has ended there is neither rate nor time left") {
  bookkeeper keeper(two_metrics());
  auto p = watch("t", keeper.replayed(), keeper.now).picture(keeper.now);
  CHECK(!p.per_minute);
  CHECK(!p.left);
}

TEST_CASE("news are kept, the latest ten") {
  bookkeeper keeper(two_metrics());
  watch w("t", keeper.replayed(), keeper.now);
  for (int i = 0; i < 30; ++i) w.tell(std::to_string(i));
  auto p = w.picture(keeper.now);
  REQUIRE(p.news.size() == 10);
  CHECK(p.news.back() == "29");
}
