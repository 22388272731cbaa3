#include "io/memory_journal.hpp"

#include "tests/support/faulty_journal.hpp"
#include "tests/support/journal_contract.hpp"

using namespace vilfredo;
using namespace vilfredo::test;

namespace {
struct memory_store {
  std::shared_ptr<journal> kept = io::make_memory_journal();
  std::shared_ptr<journal> open() { return kept; }
};
struct faulty_store {
  std::shared_ptr<journal> kept = std::make_shared<faulty_journal>(io::make_memory_journal());
  std::shared_ptr<journal> open() { return kept; }
};
}  // namespace

TEST_CASE("the memory journal keeps the contract of journals") { check_journal_contract<memory_store>(); }
TEST_CASE("a faulty journal without faults keeps the contract, too") { check_journal_contract<faulty_store>(); }

TEST_CASE("a faulty journal fails the call it is told to, once, and takes back what was staged") {
  faulty_journal j(io::make_memory_journal());
  stage(j, 1, {created("one")});
  commit(j);
  j.fail_stage(2);
  j.fail_commit(2);
  stage(j, 1, reports(2, 3));
  CHECK(j.staged() == 2);
  CHECK_FALSE(j.stage({1}, reports(4, 4)));
  CHECK(j.staged() == 0);
  commit(j);
  CHECK(loaded(j, 1).size() == 1);
  stage(j, 1, reports(2, 2));
  CHECK_FALSE(j.commit());
  CHECK(loaded(j, 1).size() == 1);
  stage(j, 1, reports(2, 2));
  commit(j);
  CHECK(loaded(j, 1).size() == 2);
  CHECK(j.faults() == 2);
}

TEST_CASE("a power cut loses the unsynced tail and no more") {
  faulty_journal j(io::make_memory_journal());
  stage(j, 1, {created("one")});
  stage(j, 1, reports(2, 4));
  commit(j);
  stage(j, 1, reports(5, 6));
  stage(j, 2, {created("two")});
  j.power_cut();
  CHECK(loaded(j, 1).size() == 4);
  CHECK(names(j) == strings{"1 one"});
}

TEST_CASE("a broken journal fails every call until it is repaired") {
  faulty_journal j(io::make_memory_journal());
  j.break_down();
  CHECK_FALSE(j.list());
  CHECK_FALSE(j.stage({1}, std::vector{created("one")}));
  CHECK_FALSE(j.commit());
  CHECK_FALSE(j.load({1}, [](fact&&) { return true; }));
  j.break_down(false);
  stage(j, 1, {created("one")});
  commit(j);
  CHECK(loaded(j, 1).size() == 1);
}
