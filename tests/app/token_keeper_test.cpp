#include "app/token_keeper.hpp"

#include <doctest/doctest.h>

#include "io/api/access.hpp"
#include "io/memory_journal.hpp"

using namespace vilfredo;
using app::token_keeper;

namespace {

/// With the first token and a project, as a daemon leaves it.
struct stopped_store {
  journal* store;
  std::unique_ptr<token_keeper> keeper;

  stopped_store() {
    auto made = io::make_memory_journal();
    store = made.get();
    api::token_record root;
    root.hash = api::hash_of("the first token's text");
    root.name = "root";
    const std::vector<document_change> changes{{"token", root.hash, {}, to_json(root).dump()},
                                               {"project", "loans", {}, "{}"}};
    REQUIRE(store->documents()->stage(changes));
    REQUIRE(store->commit());
    keeper = app::keeper_of(std::move(made));
  }
  /// What a daemon would make of this text.
  std::optional<api::token_record> known(const std::string& text) {
    auto found = *store->documents()->find({"token", api::hash_of(text)});
    return found.empty() ? std::nullopt : std::optional(api::read_token(found.front()));
  }
};

}  // namespace

TEST_CASE("a token made in a store is one that a daemon lets in") {
  stopped_store at;
  auto made = at.keeper->create({"ci", "execute", 1'900'000'000, "loans"});
  REQUIRE(made);
  auto known = at.known(made->text);
  REQUIRE(known);
  CHECK(known->name == "ci");
  CHECK(known->may == api::permission::execute);
  CHECK(known->expires == 1'900'000'000);
  CHECK(known->project == "loans");
  CHECK_FALSE(known->rotated);
  auto listed = at.keeper->list();
  REQUIRE(listed);
  REQUIRE(listed->size() == 2);
  CHECK((*listed)[1].name == "ci");
  CHECK((*listed)[1].project == "loans");
  CHECK((*listed)[1].text != made->text);
}

TEST_CASE("a rotated token's old text opens nothing, a revoked one is forgotten") {
  stopped_store at;
  auto first = *at.keeper->create({"ci", "read"});
  auto second = at.keeper->rotate((*at.keeper->list())[1].text);
  REQUIRE(second);
  CHECK(at.known(first.text)->rotated);
  CHECK(at.known(second->text)->name == "ci");
  REQUIRE(at.keeper->list()->size() == 2);
  CHECK(at.keeper->revoke((*at.keeper->list())[1].text));
  CHECK_FALSE(at.known(second->text));
}

TEST_CASE("what a daemon would refuse is refused in its store") {
  stopped_store at;
  CHECK(at.keeper->create({"root", "read"}).error().code == errc::invalid);
  CHECK(at.keeper->create({"two\nlines", "read"}).error().code == errc::invalid);
  auto nowhere = at.keeper->create({"ci", "read", {}, "nowhere"});
  REQUIRE_FALSE(nowhere);
  CHECK(nowhere.error().message.find("no project \"nowhere\"") != std::string::npos);
  CHECK(at.keeper->revoke((*at.keeper->list())[0].text).error().code == errc::invalid);
  CHECK(at.keeper->rotate("…0123456789ab").error().code == errc::not_found);
}

TEST_CASE("a store that is not there is not made") {
  app::place nowhere;
  nowhere.store = "/nowhere/vilfredo.db";
  auto got = app::keeper_of(nowhere);
  REQUIRE_FALSE(got);
  CHECK(got.error().code == errc::not_found);
}
