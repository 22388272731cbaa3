#include "app/submission.hpp"

#include <memory>
#include <optional>
#include <vector>

#include <doctest/doctest.h>

#include "tests/support/bookkeeper.hpp"

using namespace vilfredo;
using namespace vilfredo::test;
using app::submission;

namespace {

definition job(std::uint64_t budget = 10, double highest = 1) {
  auto d = experiment({real("x", 0, highest)}, {maximize("good")});
  d.name = "loans";
  d.observation_budget = budget;
  return d;
}

/// Experiments in memory, by number from 1.
class some_experiments final : public app::experiments {
public:
  std::vector<std::unique_ptr<bookkeeper>> all;
  std::optional<definition> quicker;  ///< what somebody else creates just before us

  bookkeeper& add(definition d) { return *all.emplace_back(std::make_unique<bookkeeper>(std::move(d))); }

  result<std::vector<journal::entry>> list() override {
    std::vector<journal::entry> out;
    for (std::size_t i = 0; i < all.size(); ++i) out.push_back({{i + 1}, all[i]->book().definition().name});
    return out;
  }
  result<std::shared_ptr<const ledger>> describe(experiment_id x) override {
    return std::make_shared<const ledger>(all.at(x.number - 1)->book());
  }
  result<experiment_id> create(const definition& what, std::size_t namesakes) override {
    asked_namesakes = namesakes;
    add(quicker ? *quicker : what);
    return experiment_id{all.size()};
  }
  outcome carry_out(experiment_id x, command what) override { return all.at(x.number - 1)->send(std::move(what)); }

  std::size_t asked_namesakes = 0;
};

}  // namespace

TEST_CASE("a job is created where its name is free, and found again afterwards") {
  some_experiments there;
  auto first = submit(there, job());
  REQUIRE(first);
  CHECK(first->made == submission::change::created);
  auto second = submit(there, job());
  REQUIRE(second);
  CHECK(second->made == submission::change::none);
  CHECK(second->experiment == first->experiment);
  CHECK(there.all.size() == 1);
}

TEST_CASE("an archived experiment leaves its name to the next") {
  some_experiments there;
  there.add(job()).send(archive{});
  auto made = submit(there, job());
  REQUIRE(made);
  CHECK(made->made == submission::change::created);
  CHECK(made->experiment == experiment_id{2});
  CHECK(there.asked_namesakes == 1);
}

TEST_CASE("what may change is edited by those who submit, and left alone by those who join") {
  some_experiments there;
  there.add(job(10));
  auto joined = join(there, job(20));
  REQUIRE(joined);
  CHECK(joined->book->definition().observation_budget == 10);
  auto edited = submit(there, job(20));
  REQUIRE(edited);
  CHECK(edited->made == submission::change::edited);
  CHECK(edited->book->definition().observation_budget == 20);
}

TEST_CASE("another space is another experiment") {
  some_experiments there;
  there.add(job());
  CHECK(submit(there, job(10, 2)).error().message.find("x") != std::string::npos);
  CHECK_FALSE(join(there, job(10, 2)));
  CHECK_FALSE(app::check_same(there.all[0]->book(), job(10, 2)));
  CHECK(app::check_same(there.all[0]->book(), job(30)));
  // Somebody was quicker, with something else.
  some_experiments raced;
  raced.quicker = job(10, 2);
  CHECK_FALSE(submit(raced, job()));
}

TEST_CASE("a paused experiment is not edited but waited for") {
  some_experiments there;
  there.add(job()).send(vilfredo::pause{});
  auto refused = submit(there, job(20));
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == errc::paused);
  CHECK(join(there, job(20)));
}
