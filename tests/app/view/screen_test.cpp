#include "app/view/screen.hpp"

#include <doctest/doctest.h>

#include "app/view/text.hpp"

using namespace vilfredo;
using namespace vilfredo::view;
using namespace std::chrono_literals;

namespace {
screen sample() {
  screen x;
  x.title = "loans (experiment 1 in vilfredo.db)";
  x.ended = 15;
  x.completed = 13;
  x.failed = 2;
  x.budget = 60;
  x.elapsed = 90s;
  x.per_minute = 10;
  x.left = 270s;
  x.running = {{"16", 4200ms, "step 3: aucpr 0.41, dollars_lost 47.2", "learning_rate=0.1 num_leaves=15"},
               {"17 (attempt 2)", 800ms, "", "learning_rate=0.02 num_leaves=31"}};
  x.front_title = "Pareto front, 2 trials";
  x.front = {{{"trial", true}, {"aucpr", true}, {"dollars_lost", true}, {"assignments", false}},
             {{{"3"}, {"0.44"}, {"47.1"}, {"learning_rate=0.1"}}, {{"9"}, {"0.41"}, {"41.0"}, {"learning_rate=0.3"}}}};
  x.failures = {{"exit code 1: no such file", 2}};
  return x;
}
std::string drawn(const screen& x, const style& how) { return paint(render(x, how), how); }
bool holds(const std::string& text, const char* what) { return text.find(what) != text.npos; }
}  // namespace

TEST_CASE("at 80 columns the screen tells progress, running trials, front and failures") {
  style how{80, 24, false, true};
  CHECK(drawn(sample(), how) == "loans (experiment 1 in vilfredo.db)\n"
                                "██████▌░░░░░░░░░░░░░░░░░░░ 15/60  2 failed\n"
                                "1 min 30 s  10 trials/min  ≈ 4 min 30 s left\n"
                                "\n"
                                "Running\n"
                                "           trial    for  last report                 assignments\n"
                                "              16  4.2 s  step 3: aucpr 0.41, dolla…  learning_rate=0.1 num_leav…\n"
                                "  17 (attempt 2)  0.8 s                              learning_rate=0.02 num_lea…\n"
                                "\n"
                                "Pareto front, 2 trials\n"
                                "  trial  aucpr  dollars_lost  assignments\n"
                                "      3   0.44          47.1  learning_rate=0.1\n"
                                "      9   0.41          41.0  learning_rate=0.3\n"
                                "\n"
                                "2 × exit code 1: no such file\n");
}

TEST_CASE("no line is wider than the terminal and no frame higher, at any size") {
  auto x = sample();
  x.news = {"experiment 1 cannot reach its store: the disk is full; trying again"};
  for (int i = 0; i < 40; ++i) x.running.push_back(x.running[0]);
  for (int i = 0; i < 40; ++i) x.front.rows.push_back(x.front.rows[0]);
  for (std::size_t w : {80, 40, 20, 5, 1})
    for (std::size_t h : {50, 24, 10, 5, 3, 1}) {
      CAPTURE(w);
      CAPTURE(h);
      style how{w, h, false, true};
      auto all = render(x, how);
      CHECK(all.size() <= h);
      for (const auto& l : all) CHECK(width(paint(l, how)) <= w);
    }
}

TEST_CASE("at 40 columns the counts and the time left are still there") {
  auto text = drawn(sample(), {40, 24, false, true});
  CHECK(holds(text, "15/60"));
  CHECK(holds(text, "2 failed"));
  CHECK(holds(text, "Running"));
  CHECK(holds(text, "Pareto front"));
}

TEST_CASE("what has no room is counted") {
  auto x = sample();
  for (int i = 0; i < 30; ++i) x.front.rows.push_back(x.front.rows[0]);
  CHECK(holds(drawn(x, {80, 20, false, true}), "more not shown"));
}

TEST_CASE("a fresh run without budget, trials or front is drawn, too") {
  screen x;
  x.title = "test";
  CHECK(drawn(x, {80, 24, false, true}) == "test\n0 ended\n0.0 s\n");
}

TEST_CASE("after Ctrl-C the screen says what is waited for and what the next one does") {
  auto x = sample();
  x.stage = screen::phase::draining;
  CHECK(holds(drawn(x, {120, 24, false, true}), "Ctrl-C: stop them"));
  x.stage = screen::phase::halting;
  CHECK(holds(drawn(x, {120, 24, false, true}), "Ctrl-C: kill them"));
}

TEST_CASE("trouble is shown even when the screen is full") {
  auto x = sample();
  for (int i = 0; i < 40; ++i) x.front.rows.push_back(x.front.rows[0]);
  x.news = {"the disk is full"};
  CHECK(holds(drawn(x, {80, 20, false, true}), "the disk is full"));
}

TEST_CASE("a bar is as wide as asked, whatever its share") {
  for (double share : {-1.0, 0.0, 0.001, 0.3, 0.999, 1.0, 2.0, 0.0 / 0.0})
    for (bool unicode : {true, false}) CHECK(width(bar(share, 20, unicode)) == 20);
  CHECK(bar(0.5, 4, false) == "##..");
  CHECK(bar(1, 3, true) == "███");
}
