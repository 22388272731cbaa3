#include "app/place.hpp"

#include <fstream>

#include <doctest/doctest.h>

#include "tests/support/scratch.hpp"

using namespace vilfredo;
using app::access_to;
using app::place;

namespace {
place daemon() {
  place out;
  out.url = "https://tuner:7323";
  out.token = "of the environment";
  return out;
}
}  // namespace

TEST_CASE("a place is a daemon where it has a URL") {
  CHECK(daemon().remote());
  CHECK(daemon().name() == "https://tuner:7323");
  CHECK_FALSE(place{}.remote());
  CHECK(place{}.name() == "vilfredo.db");
}

TEST_CASE("a token's file goes before the environment, and its first line is the token") {
  test::scratch folder;
  auto where = daemon();
  CHECK(access_to(where)->token == "of the environment");
  where.token_file = folder / "token";
  std::ofstream(where.token_file) << "of the file\nand a remark\n";
  where.authorities = "ca.pem";
  auto got = access_to(where);
  REQUIRE(got);
  CHECK(got->token == "of the file");
  CHECK(got->authorities == "ca.pem");
  CHECK(got->where.host == "tuner");
}

TEST_CASE("without a token, or with a bad URL, there is a sentence instead") {
  test::scratch folder;
  auto where = daemon();
  where.token_file = folder / "missing";
  CHECK(access_to(where).error().message.find("holds no token in its first line") != std::string::npos);
  std::ofstream(folder / "empty") << "\nsecond line\n";
  where.token_file = folder / "empty";
  CHECK_FALSE(access_to(where));
  where.token_file.clear();
  where.token.clear();
  CHECK(access_to(where).error().message.find("set VILFREDO_TOKEN") != std::string::npos);
  where.url = "tuner";
  CHECK(access_to(where).error().message.find("tuner") != std::string::npos);
}
