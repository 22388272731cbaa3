#include "app/health.hpp"

#include <optional>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "tests/support/bare_orchestra.hpp"

using namespace vilfredo;
using app::health;

namespace {

/// A store that answers when the test says so.
class slow_store final : public test::bare_orchestra {
public:
  std::vector<then<result<std::vector<document>>>> due;
  void keep(std::vector<document_change> what, then<result<std::vector<document>>> answer) override {
    CHECK(what.size() == 1);
    due.push_back(std::move(answer));
  }
  void answer(result<std::vector<document>> how) {
    auto next = due.front();
    due.erase(due.begin());
    next(std::move(how));
  }
};

struct world {
  slow_store store;
  std::vector<std::string> said;
  health watched{store, [this](const std::string& news) { said.push_back(news); }};
  std::vector<std::string> answers;

  void at(int ms) { store.time = time_point(duration(ms)); }
  void ask() {
    watched.ask(store.time, [this](const result<void>& how) { answers.push_back(how ? "well" : how.error().message); });
  }
};
const error full{errc::unavailable, "the disk is full"};

}  // namespace

TEST_CASE("many who ask at once cost one write, and the next one only after a while") {
  world w;
  for (int i = 0; i < 5; ++i) w.ask();
  CHECK(w.store.due.size() == 1);
  CHECK(w.answers.empty());
  w.store.answer(std::vector<document>{});
  CHECK(w.answers == std::vector<std::string>(5, "well"));
  w.at(1999);
  w.ask();
  CHECK(w.store.due.empty());
  CHECK(w.answers.size() == 6);
  w.at(2000);
  w.ask();
  CHECK(w.store.due.size() == 1);
}

TEST_CASE("a store that refuses is not well until it takes something again, and each change is told once") {
  world w;
  for (int second = 0; second < 3; ++second) {
    w.at(second * 3000);
    w.ask();
    w.store.answer(full);
  }
  CHECK(w.answers == std::vector<std::string>(3, "the disk is full"));
  w.at(9000);
  w.ask();
  w.store.answer(std::vector<document>{});
  CHECK(w.answers.back() == "well");
  CHECK(w.said == std::vector<std::string>{"not healthy: the disk is full", "the store can be written again"});
}

TEST_CASE("a store that is silent is told from one that is well") {
  world w;
  w.ask();
  w.at(2999);
  w.watched.tick(w.store.time);
  CHECK(w.answers.empty());
  w.at(3000);
  w.watched.tick(w.store.time);
  CHECK(w.answers == std::vector<std::string>{"the store has not answered for 3 seconds"});
  w.at(60'000);
  w.ask();
  CHECK(w.store.due.size() == 1);
  CHECK(w.answers.size() == 2);
  w.store.answer(std::vector<document>{});
  w.ask();
  CHECK(w.answers.back() == "well");
}
