#include "app/log.hpp"

#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "tests/support/builders.hpp"
#include "tests/support/file_size_limit.hpp"
#include "tests/support/scratch.hpp"

using namespace vilfredo;
using app::log_level;
using namespace std::chrono_literals;

namespace {

/// What is in the file once all is written.
std::vector<std::string> lines(app::log& of, const std::filesystem::path& file) {
  REQUIRE(of.flush(60s));
  std::vector<std::string> out;
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) out.push_back(line);
  return out;
}
api::served asked(bool changes) {
  api::served out;
  out.method = changes ? "POST" : "GET";
  out.path = "/v1/experiments";
  out.peer = "127.0.0.1:9";
  out.who = "root";
  out.changes = changes;
  if (changes) out.object = "experiment 7";
  return out;
}

}  // namespace

TEST_CASE("a line says when, how grave, and what, without line ends of others") {
  test::scratch place;
  auto file = place / "log";
  auto to = test::must(app::log::open(file, app::log::format::text, log_level::info));
  to->say(log_level::warning, "one\ntwo");
  to->request(asked(true));
  auto got = lines(*to, file);
  REQUIRE(got.size() == 2);
  CHECK(got[0].substr(24) == " warning one two");
  CHECK(got[0].substr(19, 1) == ".");
  CHECK(got[1].substr(24) == " notice POST /v1/experiments 200 by root from 127.0.0.1:9: experiment 7");
}

TEST_CASE("a name cannot begin a line of its own") {
  test::scratch place;
  auto file = place / "log";
  auto to = test::must(app::log::open(file, app::log::format::text, log_level::info));
  auto x = asked(true);
  x.who = "x\n2026-01-01 root";
  x.token = "1f0c9a77be52";
  x.object = "tag a\rb\x1b[2J";
  to->request(x);
  auto got = lines(*to, file);
  REQUIRE(got.size() == 1);
  CHECK(got[0].substr(24) ==
        " notice POST /v1/experiments 200 by x 2026-01-01 root (…1f0c9a77be52) from 127.0.0.1:9: tag a b [2J");
}

TEST_CASE("in JSON each line is an object with the same") {
  test::scratch place;
  auto file = place / "log";
  auto to = test::must(app::log::open(file, app::log::format::json, log_level::info));
  to->request(asked(true));
  to->request(asked(false));
  to->say(log_level::error, "a \"quoted\" \xff byte");
  auto got = lines(*to, file);
  REQUIRE(got.size() == 3);
  auto change = nlohmann::json::parse(got[0]);
  CHECK(change["event"] == "change");
  CHECK(change["level"] == "notice");
  CHECK(change["who"] == "root");
  CHECK(change["object"] == "experiment 7");
  CHECK(nlohmann::json::parse(got[1])["event"] == "request");
  CHECK(nlohmann::json::parse(got[2])["text"] == "a \"quoted\" ? byte");
}

TEST_CASE("levels leave out what is less grave, and are changed while it runs, within their bounds") {
  test::scratch place;
  auto file = place / "log";
  auto to = test::must(app::log::open(file, app::log::format::text, log_level::notice));
  to->request(asked(false));
  CHECK(lines(*to, file).empty());
  to->request(asked(true));
  CHECK(lines(*to, file).size() == 1);
  CHECK(to->change(1) == log_level::info);
  CHECK(to->change(1) == log_level::info);
  to->request(asked(false));
  CHECK(lines(*to, file).size() == 2);
  for (int i = 0; i < 9; ++i) to->change(-1);
  CHECK(to->change(-1) == log_level::error);
  to->say(log_level::warning, "not told");
  to->say(log_level::error, "told");
  CHECK(lines(*to, file).size() == 3);
}

TEST_CASE("a file that was moved away is begun anew when it is opened again") {
  test::scratch place;
  auto file = place / "log", moved = place / "log.1";
  auto to = test::must(app::log::open(file, app::log::format::text, log_level::info));
  to->say(log_level::notice, "before");
  std::filesystem::rename(file, moved);
  to->say(log_level::notice, "still there");
  to->reopen();
  to->say(log_level::notice, "after");
  CHECK(lines(*to, moved).size() == 2);
  CHECK(lines(*to, file).size() == 1);
}

TEST_CASE("a file that cannot be opened is refused, and later the old one is written on") {
  test::scratch place;
  auto nowhere = app::log::open(place / "none" / "log", app::log::format::text, log_level::info);
  REQUIRE(!nowhere);
  CHECK(nowhere.error().message.find("cannot be opened") != std::string::npos);
  std::filesystem::create_directory(place / "d");
  auto to = test::must(app::log::open(place / "d" / "log", app::log::format::text, log_level::info));
  std::filesystem::rename(place / "d", place / "e");
  to->reopen();
  to->say(log_level::notice, "goes on");
  auto got = lines(*to, place / "e" / "log");
  REQUIRE(got.size() == 2);
  CHECK(
      got[0].substr(24).starts_with(" warning the log file " + (place / "d" / "log").string() + " cannot be opened: "));
  CHECK(got[1].substr(24) == " notice goes on");
}

TEST_CASE("what was lost is told by level") {
  test::scratch place;
  auto file = place / "log";
  for (auto how : {app::log::format::text, app::log::format::json}) {
    CAPTURE(how);
    std::filesystem::remove(file);
    auto to = test::must(app::log::open(file, how, log_level::info));
    {
      test::file_size_limit none(0);
      to->say(log_level::notice, "one");
      to->request(asked(true));
      to->request(asked(false));
      REQUIRE(to->flush(60s));
    }
    CHECK(to->lost() == app::log_losses{0, 0, 2, 1});
    to->say(log_level::notice, "goes on");
    auto got = lines(*to, file);
    REQUIRE(got.size() == 2);
    const std::string sentence =
        "3 lines were lost here, for they could not be written: 2 of level notice, 1 of level info";
    if (how == app::log::format::text) {
      CHECK(got[0].substr(24) == " warning " + sentence);
      continue;
    }
    auto told = nlohmann::json::parse(got[0]);
    CHECK(told["level"] == "warning");
    CHECK(told["event"] == "lost");
    CHECK(told["lines"] == nlohmann::json{{"notice", 2}, {"info", 1}});
    CHECK(told["text"] == sentence);
  }
}
