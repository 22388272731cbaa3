#include "actors/journal.hpp"

#include <doctest/doctest.h>

#include "tests/support/builders.hpp"
#include "tests/support/sim_journal.hpp"
#include "tests/support/virtual_time.hpp"

using namespace vilfredo;
using namespace vilfredo::actors;
using test::sim_journal;

namespace {

struct fixture : test::virtual_time {
  ~fixture() {
    stop(journal);
    journal = nullptr;
  }
  void start(journal_options options = {}) {
    journal = system.spawn(run_journal, store, options);
    settle();
    commits_at_start = store->commits();
  }

  facts some(std::uint64_t first, std::uint64_t count = 1) {
    std::vector<fact> out;
    for (auto n = first; n < first + count; ++n) {
      events::event what = events::experiment_paused{};
      if (n == 1) what = events::experiment_created{std::make_shared<const definition>(test::simple_experiment())};
      out.push_back({n, time_point{}, {}, std::move(what)});
    }
    return std::make_shared<const std::vector<fact>>(std::move(out));
  }
  promised<result<durable>> add(std::uint64_t experiment, facts what) {
    return ask<result<durable>>(journal, append{{experiment}, std::move(what)});
  }

  std::shared_ptr<test::sim_disk> disk = std::make_shared<test::sim_disk>();
  std::shared_ptr<sim_journal> store = std::make_shared<sim_journal>(disk);
  journal_actor journal;
  std::uint64_t commits_at_start = 0;
};

}  // namespace

TEST_CASE_FIXTURE(fixture, "appends that come together are made durable by one commit") {
  start();
  std::vector<promised<result<durable>>> answers;
  for (std::uint64_t e = 1; e <= 5; ++e) answers.push_back(add(e, some(1, e)));
  settle();
  CHECK(store->commits() == commits_at_start + 1);
  for (std::uint64_t e = 1; e <= 5; ++e) {
    REQUIRE(*answers[e - 1]);
    CHECK(test::must(**answers[e - 1]).sequence == e);
    CHECK(disk->books.at({e}).size() == e);
  }
}

TEST_CASE_FIXTURE(fixture, "an append is not answered before the commit") {
  start();
  auto answer = add(1, some(1));
  while (disk->books.empty()) {
    CHECK_FALSE(answer->has_value());
    REQUIRE(scheduler.try_run_once());
  }
  settle();
  CHECK(answer->has_value());
}

TEST_CASE_FIXTURE(fixture, "appends beyond the bound are refused as overloaded, the others are kept") {
  start({.most_waiting = 3});
  std::vector<promised<result<durable>>> answers;
  for (std::uint64_t e = 1; e <= 5; ++e) answers.push_back(add(e, some(1)));
  settle();
  int kept = 0, refused = 0;
  for (auto& a : answers) {
    REQUIRE(*a);
    if (**a)
      ++kept;
    else if ((**a).error().code == errc::overloaded)
      ++refused;
  }
  CHECK(kept == 3);
  CHECK(refused == 2);
  CHECK(disk->books.size() == 3);
  auto later = add(9, some(1));
  settle();
  CHECK(static_cast<bool>(**later));
}

TEST_CASE_FIXTURE(fixture, "a failing commit refuses the whole group, and the next append works") {
  start();
  store->fail_next(sim_journal::call::commit);
  auto first = add(1, some(1)), second = add(2, some(1));
  settle();
  CHECK_FALSE(static_cast<bool>(**first));
  CHECK_FALSE(static_cast<bool>(**second));
  CHECK(disk->books.empty());
  auto again = add(1, some(1));
  settle();
  CHECK(static_cast<bool>(**again));
}

TEST_CASE_FIXTURE(fixture, "a failing stage refuses what was staged with it") {
  start();
  auto first = add(1, some(1));
  auto bad = add(2, some(2));  // an experiment cannot begin with its second fact
  auto third = add(3, some(1));
  settle();
  CHECK_FALSE(static_cast<bool>(**first));
  CHECK_FALSE(static_cast<bool>(**bad));
  CHECK(static_cast<bool>(**third));
  CHECK(disk->books.size() == 1);
}

TEST_CASE_FIXTURE(fixture, "a reader sees what was appended before it asked") {
  start();
  auto written = add(1, some(1, 4));
  auto read = ask<result<loaded>>(journal, load{{1}});
  settle();
  CHECK(static_cast<bool>(**written));
  CHECK(test::must(**read).book->facts() == 4);
  CHECK(disk->books.at({1}).size() == 4);
}

TEST_CASE_FIXTURE(fixture, "facts are found from the middle, as many as wanted, with what was appended before") {
  start();
  auto written = add(1, some(1, 9));
  auto read = ask<result<found_facts>>(journal, find_facts{{1}, 3, 4});
  settle();
  CHECK(static_cast<bool>(**written));
  const auto& found = *test::must(**read).facts;
  REQUIRE(found.size() == 4);
  CHECK(found.front().sequence == 4);
  CHECK(found.back().sequence == 7);
  CHECK(call<result<found_facts>>(journal, find_facts{{1}, 9, 4})->operator*().facts->empty());
}

TEST_CASE_FIXTURE(fixture, "an experiment that is not there is not found") {
  start();
  auto read = call<result<loaded>>(journal, load{{7}});
  CHECK(read->error().code == errc::not_found);
}

TEST_CASE_FIXTURE(fixture, "the store's list is passed on, and so is its failure") {
  start();
  auto written = add(3, some(1));
  settle();
  auto known = test::must(*call<result<store_listing>>(journal, list_store{}));
  REQUIRE(known.entries.size() == 1);
  CHECK(known.entries[0].name == "test");
  store->fail_next(sim_journal::call::list);
  CHECK(call<result<store_listing>>(journal, list_store{})->error().code == errc::unavailable);
}

TEST_CASE_FIXTURE(fixture, "what a journal that died had staged does not stand in the way of the next") {
  start();
  auto lost = add(1, some(1));
  while (store->calls(sim_journal::call::stage) == 0) REQUIRE(scheduler.try_run_once());
  kill(journal);
  settle();
  SUBCASE("it is kept") {
    start();
    CHECK(disk->books.at({1}).size() == 1);
    CHECK(static_cast<bool>(*call<result<durable>>(journal, append{{1}, some(2)})));
  }
  SUBCASE("it is taken back") {
    store->fail_next(sim_journal::call::commit);
    start();
    CHECK(disk->books.empty());
    CHECK(static_cast<bool>(*call<result<durable>>(journal, append{{1}, some(1)})));
  }
}

TEST_CASE_FIXTURE(fixture, "a journal that is told to end keeps what it was given and answers everybody first") {
  start();
  auto given = add(1, some(1));
  while (store->calls(sim_journal::call::stage) == 0) REQUIRE(scheduler.try_run_once());
  stop(journal);
  REQUIRE(scheduler.prioritize(journal));
  settle();
  REQUIRE(given->has_value());
  CHECK(static_cast<bool>(**given));
  CHECK(disk->books.at({1}).size() == 1);
}

TEST_CASE_FIXTURE(fixture, "a page of facts holds durable ones, from where the reader is") {
  start();
  auto waiting = add(1, some(1, 5));
  auto page = call<result<found_facts>>(journal, find_facts{{1}, 1, 3});
  CHECK(waiting->has_value());
  const auto& got = *test::must(*page).facts;
  REQUIRE(got.size() == 3);
  CHECK(got.front().sequence == 2);
  CHECK(test::must(*call<result<found_facts>>(journal, find_facts{{1}, 5, 3})).facts->empty());
}

TEST_CASE_FIXTURE(fixture, "the journal counts commits, what they held, and those that failed") {
  start();
  for (std::uint64_t e = 1; e <= 3; ++e) add(e, some(1));
  settle();
  store->fail_next(sim_journal::call::commit);
  add(4, some(1));
  settle();
  auto m = *call<journal_measures>(journal, measure{});
  CHECK(m.appends.sum() == 4);
  CHECK(m.failures == 1);
  CHECK(m.waiting == 0);
  std::uint64_t commits = 0;
  for (auto n : m.seconds.counts()) commits += n;
  CHECK(commits == 2);
}
