#include "app/view/plot.hpp"

#include <doctest/doctest.h>

#include <limits>

#include "app/view/text.hpp"

using namespace vilfredo::view;

namespace {
plot sample() {
  plot p;
  p.x_label = "aucpr (maximize)";
  p.y_label = "dollars_lost (minimize)";
  p.height = 5;
  p.points = {{0.3, 40, plot::kind::front},
              {0.5, 60, plot::kind::front},
              {0.4, 60, plot::kind::dominated},
              {0.3, 60, plot::kind::ineligible}};
  return p;
}
std::size_t occurrences(const std::string& text, const std::string& what) {
  std::size_t n = 0;
  for (auto at = text.find(what); at != text.npos; at = text.find(what, at + what.size())) ++n;
  return n;
}
}  // namespace

TEST_CASE("the ends of the data are the ends of the axes") {
  style how{30, 0, false, false};
  CHECK(paint(render(sample(), how), how) == "dollars_lost (minimize)\n"
                                             "60 |x            .           o\n"
                                             "   |\n"
                                             "   |\n"
                                             "   |\n"
                                             "40 |o\n"
                                             "   +--------------------------\n"
                                             "    0.3  aucpr (maximize)  0.5\n"
                                             "    o front  . dominated  x m~\n");
}

TEST_CASE("at 80 and at 40 columns nothing is wider than the terminal") {
  for (std::size_t w : {80, 40}) {
    style how{w, 24, false, true};
    auto drawn = render(sample(), how);
    REQUIRE(!drawn.empty());
    for (const auto& l : drawn) CHECK(width(paint(l, how)) <= w);
  }
}

TEST_CASE("a front point is never hidden by a dominated one in the same place") {
  plot p = sample();
  p.points = {{1, 1, plot::kind::front}, {1, 1, plot::kind::dominated}, {2, 2, plot::kind::dominated}};
  style how{80, 0, false, true};
  auto text = paint(render(p, how), how);
  CHECK(occurrences(text, "●") == 2);  // itself and the legend
}

TEST_CASE("one point, equal points and numbers that are not finite are survived") {
  plot p = sample();
  p.points = {{1, 1, plot::kind::front}};
  CHECK(!render(p, {80, 0, false, true}).empty());
  p.points = {{1, 1, plot::kind::front}, {1, 1, plot::kind::front}};
  CHECK(!render(p, {80, 0, false, true}).empty());
  p.points = {{std::numeric_limits<double>::quiet_NaN(), 1, plot::kind::front}};
  CHECK(render(p, {80, 0, false, true}).empty());
  p.points.clear();
  CHECK(render(p, {}).empty());
}

TEST_CASE("a threshold within the axes is drawn, one outside is not") {
  plot p = sample();
  p.y_threshold = 50;
  style how{60, 0, false, true};
  CHECK(occurrences(paint(render(p, how), how), "┄") > 10);
  p.y_threshold = 100;
  CHECK(occurrences(paint(render(p, how), how), "┄") == 0);
}
