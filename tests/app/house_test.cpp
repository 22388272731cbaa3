#include "app/house.hpp"

#include <atomic>
#include <chrono>
#include <future>
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

/// A store that throws at its next commit, as one would that runs out of memory.
class bursting_store final : public journal {
public:
  result<std::vector<entry>> list() override { return inner_->list(); }
  result<void> load(experiment_id experiment, const std::function<bool(fact&&)>& each, std::uint64_t after) override {
    return inner_->load(experiment, each, after);
  }
  result<void> stage(experiment_id experiment, std::span<const fact> facts) override {
    return inner_->stage(experiment, facts);
  }
  result<void> commit() override {
    if (bursts.exchange(false)) burst();
    return inner_->commit();
  }
  document_store* documents() override { return inner_->documents(); }

  std::atomic<bool> bursts = false;

private:
  std::unique_ptr<journal> inner_ = io::make_memory_journal();
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
