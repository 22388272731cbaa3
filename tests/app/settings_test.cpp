#include "app/settings.hpp"

#include <cstdlib>
#include <fstream>
#include <set>
#include <sstream>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "io/json_text.hpp"
#include "tests/support/builders.hpp"
#include "tests/support/scratch.hpp"

using namespace vilfredo;
using namespace vilfredo::app;

namespace {

using values = std::map<std::string, std::string>;
const auto empty_environment = [](const char*) -> const char* { return nullptr; };
const std::string config = std::string(VILFREDO_SOURCE_DIR) + "/configs/daemon.json";

std::string written(const test::scratch& place, const std::string& text) {
  auto file = (place / "daemon.json").string();
  std::ofstream(file) << text;
  return file;
}
std::string refused(const values& flags, const std::string& file, const values& environment = {}) {
  auto got = settled(
      flags,
      [&](const char* name) {
        auto found = environment.find(name);
        return found == environment.end() ? nullptr : found->second.c_str();
      },
      file);
  REQUIRE(!got);
  CHECK(got.error().code == errc::invalid);
  return got.error().message;
}

/// Values for the file, the environment and a flag: no two neighbours are equal, and none is the usual one where there
/// are enough.
std::vector<std::string> three_of(const setting& s) {
  if (s.takes.empty()) return {"true", "false", "true"};
  if (s.key == "log_format") return {"json", "text", "json"};
  if (s.key == "log_level") return {"error", "warning", "notice"};
  if (s.key.ends_with("_bytes")) return {"4096", "5000", "6000"};
  if (s.takes == "N") return {"41", "42", "43"};
  if (s.takes == "SECONDS") return {"1.5", "2.5", "3.5"};
  return {"in the file", "in the environment", "of a flag"};
}

}  // namespace

TEST_CASE("configs/daemon.json says a word on every setting") {
  std::ifstream in(config);
  bool above = false;  // a comment on the settings that follow it, up to the next empty line
  std::set<std::string> explained;
  for (std::string line; std::getline(in, line);) {
    const auto text = line.find_first_not_of(' ');
    if (text == std::string::npos || line[text] == '{')
      above = false;
    else if (line.compare(text, 2, "//") == 0)
      above = true;
    else if (line[text] == '"' && (above || line.find("//", line.find(':')) != std::string::npos))
      explained.insert(line.substr(text + 1, line.find('"', text + 1) - text - 1));
  }
  for (const auto& s : settings()) {
    CAPTURE(s.key);
    CHECK(explained.contains(s.key));
  }
}

TEST_CASE("configs/daemon.json has every setting, with its usual value") {
  std::ifstream in(config);
  std::ostringstream text;
  text << in.rdbuf();
  auto all = test::must(io::parse_json(text.str(), io::json_style::relaxed));
  std::set<std::string> named;
  for (const auto& [key, value] : all.items()) named.insert(key);
  auto loaded = test::must(settled({}, empty_environment, config));
  for (const auto& s : settings()) {
    CAPTURE(s.key);
    CHECK(named.contains(s.key));
    CHECK(s.shown(loaded) == s.shown(serve_options{}));
    // What is in the file, not what is usual anyway.
    auto value = all.value(s.key, nlohmann::json());
    CHECK((value.is_string() ? value.get<std::string>() : value.dump()) == s.shown(serve_options{}));
  }
  CHECK(named.size() == settings().size());
}

TEST_CASE("a flag goes before the environment, that before the file, and that before what is usual") {
  test::scratch place;
  auto file = written(place, R"({"port": 1, "optimizers": 5, "body_bytes": 7, /* yes */ "idle_seconds": 0.25,})");
  auto environment = [](const char* name) -> const char* {
    if (std::string(name) == "VILFREDO_PORT") return "2";
    if (std::string(name) == "VILFREDO_OPTIMIZERS") return "6";
    return std::string(name) == "VILFREDO_LOG_LEVEL" ? "" : nullptr;  // empty counts as not set
  };
  auto o = test::must(settled({{"port", "3"}}, environment, file));
  CHECK(o.port == 3);
  CHECK(o.optimizers == 6);
  CHECK(o.within.body_bytes == 7);
  CHECK(o.within.idle_time == duration{250});
  CHECK(o.within.header_bytes == 16 * 1024);
  CHECK(o.log_most == log_level::info);
}

TEST_CASE("so it is with each of them") {
  test::scratch place;
  for (const auto& s : settings()) {
    CAPTURE(s.key);
    const auto all = three_of(s);
    const auto usual = s.shown(serve_options{});
    const bool bare = s.takes.empty() || s.takes == "N" || s.takes == "SECONDS";
    // These two belong together.
    const std::string partner = s.key == "tls_key"           ? R"(, "tls_certificate": "other")"
                                : s.key == "tls_certificate" ? R"(, "tls_key": "other")"
                                                             : "";
    auto file = written(place, "{\"" + s.key + "\": " + (bare ? all[0] : "\"" + all[0] + "\"") + partner + "}");
    auto environment = [&](const char* name) { return name == s.variable() ? all[1].c_str() : nullptr; };
    auto shown = [&](const values& flags, auto of, const std::string& from) {
      return s.shown(test::must(settled(flags, of, from)));
    };
    if (partner.empty()) {
      CHECK(shown({}, empty_environment, {}) == usual);
      CHECK(shown({}, environment, {}) == all[1]);
      CHECK(shown({{s.key, all[2]}}, empty_environment, {}) == all[2]);
    }
    CHECK(shown({}, empty_environment, file) == all[0]);
    CHECK(shown({}, environment, file) == all[1]);
    CHECK(shown({{s.key, all[2]}}, empty_environment, file) == all[2]);
    CHECK(shown({{s.key, all[2]}}, environment, file) == all[2]);
  }
}

TEST_CASE("each setting can be set by its flag, and shows what it was set to") {
  for (const auto& s : settings()) {
    CAPTURE(s.key);
    serve_options o;
    const std::string other = s.takes.empty()             ? "true"
                              : s.key == "log_format"     ? "json"
                              : s.key == "log_level"      ? "warning"
                              : s.key.ends_with("_bytes") ? "4096"
                              : s.takes == "N"            ? "48"
                              : s.takes == "SECONDS"      ? "2.5"
                                                          : "something";
    CHECK_FALSE(s.read(o, other));
    CHECK(s.shown(o) == other);
    CHECK(s.shown(o) != s.shown(serve_options{}));
    for (const auto& t : settings())
      if (t.key != s.key) CHECK(t.shown(o) == t.shown(serve_options{}));
  }
}

TEST_CASE("what is wrong is told with where it stands") {
  test::scratch place;
  auto file = [&](const std::string& text) { return written(place, text); };
  auto name = (place / "daemon.json").string();
  CHECK(refused({}, file(R"({"prot": 1})")) == name + ": there is no setting \"prot\"; did you mean \"port\"?");
  CHECK(refused({}, file(R"({"port": 70000})")) ==
        name + ": \"port\" must be a whole number from 0 to 65535, not \"70000\"");
  CHECK(refused({}, file(R"({"port": true})")) == name + ": \"port\" must be a text or a number, not true");
  CHECK(refused({}, file(R"({"plain": "yes"})")) == name + ": \"plain\" must be true or false, not \"yes\"");
  CHECK(refused({}, file(R"({"port": [1]})")).find("\"port\" must be") != std::string::npos);
  CHECK(refused({}, file("[]")) == name + ": expected an object of settings");
  CHECK(refused({}, file("{")).starts_with(name + ": 1:"));
  CHECK(refused({}, (place / "none.json").string()).find("none.json: cannot be read") != std::string::npos);
  CHECK(refused({{"idle_seconds", "0"}}, {}) == "--idle-seconds must be a time from 0.001 to 86400 seconds, not \"0\"");
  CHECK(refused({{"most_reads", "-1"}}, {}) == "--most-reads must be a number that is not negative, not \"-1\"");
  CHECK(refused({{"most_reads", "nan"}}, {}).starts_with("--most-reads must be"));
  CHECK(refused({}, {}, {{"VILFREDO_LOG_LEVEL", "loud"}}) ==
        "VILFREDO_LOG_LEVEL must be one of error, warning, notice, info, not \"loud\"");
  // Also where a flag goes before it.
  CHECK(refused({{"port", "1"}}, file(R"({"port": -1})")).starts_with(name + ": \"port\" must be"));
  CHECK(refused({{"tls_key", "k.pem"}}, {}).starts_with("tls_certificate and tls_key belong together"));
}
