#include "app/house.hpp"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <future>
#include <mutex>
#include <stdexcept>
#include <thread>

#include <doctest/doctest.h>

#include "io/memory_journal.hpp"
#include "tests/support/builders.hpp"

using namespace vilfredo;
using namespace vilfredo::app;
using namespace std::chrono_literals;

namespace {

/// What a function is called back with, from whatever thread; fails the test where nobody calls it.
template <class T>
class awaited {
public:
  std::function<void(T)> operator()() {
    return [to = promise_](T what) { to->set_value(std::move(what)); };
  }
  T get() {
    auto coming = promise_->get_future();
    REQUIRE(coming.wait_for(20s) == std::future_status::ready);
    return coming.get();
  }

private:
  std::shared_ptr<std::promise<T>> promise_ = std::make_shared<std::promise<T>>();
};

[[noreturn]] void burst() { throw std::runtime_error("the kettle burst"); }

/// A store in memory, for others to do something at its commits.
class store_in_memory : public journal {
public:
  result<std::vector<entry>> list() override { return inner_->list(); }
  result<void> load(experiment_id experiment, const std::function<bool(fact&&)>& each, std::uint64_t after) override {
    return inner_->load(experiment, each, after);
  }
  result<void> stage(experiment_id experiment, std::span<const fact> facts) override {
    return inner_->stage(experiment, facts);
  }
  result<void> commit() override { return inner_->commit(); }
  document_store* documents() override { return inner_->documents(); }

private:
  std::unique_ptr<journal> inner_ = io::make_memory_journal();
};

/// Throws at its next commit, as a store would that runs out of memory.
class bursting_store final : public store_in_memory {
public:
  result<void> commit() override {
    if (bursts.exchange(false)) burst();
    return store_in_memory::commit();
  }

  std::atomic<bool> bursts = false;
};

/// A store whose commits wait until they are let go, as on a disk that hangs.
class held_store final : public store_in_memory {
public:
  result<void> commit() override {
    {
      std::unique_lock hold(mutex_);
      waiting_ = holding_;
      changed_.notify_all();
      changed_.wait(hold, [&] { return !holding_; });
      waiting_ = false;
    }
    return store_in_memory::commit();
  }

  void hang(bool hangs) {
    std::lock_guard hold(mutex_);
    holding_ = hangs;
    changed_.notify_all();
  }
  /// Waits until somebody waits for a commit.
  void until_waited_for() {
    std::unique_lock hold(mutex_);
    REQUIRE(changed_.wait_for(hold, 20s, [&] { return waiting_; }));
  }

private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool holding_ = false, waiting_ = false;  // guarded by the mutex
};

struct fixture {
  fixture() : home({store, nullptr, 1}) { id = test::must(home.create(test::simple_experiment(), 0)); }

  /// What becomes of a command that `decide` makes and `seen` is shown.
  outcome enact(std::function<result<request>(const ledger&)> decide,
                std::function<void(const ledger&, const answer&)> seen = {}) {
    awaited<outcome> came;
    home.enact(id, std::move(decide), std::move(seen), came());
    return came.get();
  }
  static result<request> one_more(const ledger&) { return request{{}, ask{"w", 0s, std::nullopt}}; }
  std::size_t trials() {
    std::size_t out = 0;
    awaited<result<void>> came;
    home.look(
        id, [&](const ledger& book) { out = book.trials().size(); }, came());
    CHECK(came.get());
    return out;
  }
  result<std::vector<document>> keep() {
    awaited<result<std::vector<document>>> came;
    home.keep({{"notes", {}, {}, "a note", {}}}, came());
    return came.get();
  }

  std::shared_ptr<bursting_store> store = std::make_shared<bursting_store>();
  house home;
  experiment_id id;
};

}  // namespace

TEST_CASE_FIXTURE(fixture, "what throws while it decides or looks is answered, and the experiment lives on") {
  REQUIRE(enact(one_more));
  auto undecided = enact([](const ledger&) -> result<request> { burst(); });
  REQUIRE_FALSE(undecided);
  CHECK(undecided.error().code == errc::internal);
  CHECK(undecided.error().message == "what was to be decided of the experiment threw: the kettle burst");

  awaited<result<void>> came;
  home.look(
      id, [](const ledger&) { throw 7; }, came());
  auto unseen = came.get();
  REQUIRE_FALSE(unseen);
  CHECK(unseen.error().code == errc::internal);
  CHECK(unseen.error().message == "who looked at the experiment threw something that is not an exception");
  CHECK(trials() == 1);
}

TEST_CASE_FIXTURE(fixture, "who throws when he is shown what was done hears that it was done") {
  auto unseen = enact(one_more, [](const ledger&, const answer&) { burst(); });
  REQUIRE_FALSE(unseen);
  CHECK(unseen.error().code == errc::internal);
  CHECK(unseen.error().message.starts_with("the command was carried out"));
  CHECK(trials() == 1);
}

TEST_CASE_FIXTURE(fixture, "an answer that throws harms nobody else") {
  REQUIRE(enact(one_more));
  auto bursting = [](auto) { burst(); };
  for (int i = 0; i < 3; ++i) {
    home.enact(id, one_more, {}, bursting);
    home.enact(
        id, [](const ledger&) -> result<request> { burst(); }, {}, bursting);
    home.enact({99}, one_more, {}, bursting);
    home.look(
        id, [](const ledger&) {}, bursting);
    home.look(
        {99}, [](const ledger&) {}, bursting);
    home.keep({{"notes", {}, {}, "a note", {}}}, bursting);
    home.find({"notes", {}}, bursting);
    home.list(bursting);
    home.measure(bursting);
    home.facts_after(id, 0, 1, bursting);
    home.create(std::make_shared<const definition>(test::simple_experiment()), {}, true, bursting);
  }
  CHECK(trials() == 4);
  REQUIRE(enact(one_more));
  CHECK(keep());
  awaited<result<std::vector<document>>> came;
  home.find({"notes", {}}, came());
  CHECK(test::must(came.get()).size() == 4);
  awaited<result<actors::house_measures>> measured;
  home.measure(measured());
  CHECK(test::must(measured.get()).restarts == 0);
}

TEST_CASE_FIXTURE(fixture, "who waits for a store that throws is told to try again, and then it works") {
  store->bursts = true;
  auto lost = keep();
  REQUIRE_FALSE(lost);
  CHECK(lost.error().code == errc::unavailable);

  auto end = std::chrono::steady_clock::now() + 20s;
  auto kept = keep();
  for (; !kept && std::chrono::steady_clock::now() < end; kept = keep()) std::this_thread::sleep_for(10ms);
  REQUIRE(kept);
  store->bursts = true;
  auto asked = enact(one_more);
  REQUIRE_FALSE(asked);
  CHECK(asked.error().code == errc::unavailable);
}

TEST_CASE("a house is closed by another thread than made it, while its store hangs") {
  auto store = std::make_shared<held_store>();
  house home({store, nullptr, 1});
  auto id = test::must(home.create(test::simple_experiment(), 0));
  store->hang(true);
  awaited<outcome> trial;
  awaited<result<std::vector<document>>> note;
  home.enact(id, fixture::one_more, {}, trial());
  home.keep({{"notes", {}, {}, "a note", {}}}, note());
  store->until_waited_for();

  std::promise<void> closed;
  std::thread closing([&] {
    home.close();
    closed.set_value();
  });
  store->hang(false);
  if (closed.get_future().wait_for(60s) != std::future_status::ready) {
    MESSAGE("the house does not end");
    std::abort();  // neither does whatever waits for it
  }
  closing.join();

  // What was answered is stored. What was not may be either, for it was under way.
  auto answered = trial.get();
  std::size_t issued = 0;
  REQUIRE(store->load(
      id,
      [&](fact&& x) {
        issued += std::holds_alternative<events::trial_issued>(x.what);
        return true;
      },
      0));
  if (answered)
    CHECK(issued == 1);
  else
    CHECK(answered.error().code == errc::unavailable);
  auto kept = note.get();
  auto found = test::must(store->documents()->find({"notes", {}}));
  if (kept)
    CHECK(found.size() == 1);
  else
    CHECK(kept.error().code == errc::unavailable);
}
