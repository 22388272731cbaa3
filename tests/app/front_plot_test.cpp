#include "app/front_plot.hpp"

#include <doctest/doctest.h>

#include "tests/support/bookkeeper.hpp"

using namespace vilfredo;
using namespace vilfredo::test;

TEST_CASE("two optimized metrics make a plot of front, dominated and ineligible points") {
  bookkeeper keeper(experiment({real("x", 0, 1)}, {maximize("good"), minimize("slow", 5), store("note")}));
  for (auto [good, slow] : {std::pair{3.0, 4.0}, {2.0, 4.5}, {9.0, 9.0}})
    keeper.send(complete{keeper.issue({0.5}), 1, {{"good", good, {}}, {"slow", slow, {}}, {"note", 0, {}}}});
  keeper.send(fail{keeper.issue({0.5}), 1, "diverged"});
  auto p = app::front_plot(keeper.book());
  REQUIRE(p);
  CHECK(p->x_label == "good (maximize)");
  CHECK(p->y_threshold == 5);
  REQUIRE(p->points.size() == 3);
  CHECK(p->points[0].kind == view::plot::kind::front);
  CHECK(p->points[1].kind == view::plot::kind::dominated);
  CHECK(p->points[2].kind == view::plot::kind::ineligible);
}

TEST_CASE("one or three optimized metrics make none") {
  CHECK(!app::front_plot(bookkeeper(simple_experiment()).book()));
  CHECK(!app::front_plot(
      bookkeeper(experiment({real("x", 0, 1)}, {maximize("a"), maximize("b"), maximize("c")})).book()));
}

TEST_CASE("two constraints alone make a plot of what is within both") {
  bookkeeper keeper(experiment({real("x", 0, 1)}, {keep_below("slow", 2), store("note"), keep_below("large", 3)}));
  for (auto [slow, large] : {std::pair{1.0, 3.0}, {2.0, 1.0}, {1.0, 4.0}})
    keeper.send(complete{keeper.issue({0.5}), 1, {{"slow", slow, {}}, {"note", 0, {}}, {"large", large, {}}}});
  auto p = app::front_plot(keeper.book());
  REQUIRE(p);
  CHECK(p->y_label == "large (minimize)");
  CHECK(p->points[1].kind == view::plot::kind::front);
  CHECK(p->points[2].kind == view::plot::kind::ineligible);
}
