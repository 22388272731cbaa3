#include "app/options.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>

using namespace vilfredo;
using namespace vilfredo::app;

namespace {
result<invocation> parse(std::vector<std::string> words) { return parse_options(words); }
template <class T>
T parsed(std::vector<std::string> words) {
  auto got = parse(std::move(words));
  REQUIRE_MESSAGE(got, (got ? "" : got.error().message));
  REQUIRE(std::holds_alternative<T>(*got));
  return std::get<T>(*got);
}
std::string refused(std::vector<std::string> words) {
  auto got = parse(std::move(words));
  REQUIRE(!got);
  CHECK(got.error().code == errc::invalid);
  return got.error().message;
}
}  // namespace

TEST_CASE("run takes a job file and has defaults for the rest") {
  auto o = parsed<run_options>({"run", "job.json"});
  CHECK(o.job == "job.json");
  CHECK(o.store == "vilfredo.db");
  CHECK(!o.slots);
  CHECK(o.gpus.empty());
  CHECK(o.format == output_format::table);
  CHECK(!o.quiet);
}

TEST_CASE("run takes all its flags, before and after the job file") {
  auto o = parsed<run_options>(
      {"run", "--slots", "4", "job.json", "--gpus", "0,2", "--store", "s.db", "--format=json", "--quiet"});
  CHECK(o.job == "job.json");
  CHECK(o.slots == 4);
  CHECK(o.gpus == std::vector<std::uint32_t>{0, 2});
  CHECK(o.store == "s.db");
  CHECK(o.format == output_format::json);
  CHECK(o.quiet);
}

TEST_CASE("the reading verbs take a name or none") {
  CHECK(!parsed<status_options>({"status"}).experiment);
  CHECK(parsed<status_options>({"status", "loans"}).experiment == "loans");
  CHECK(parsed<trials_options>({"trials", "3", "--state", "failed"}).state == trial_state::failed);
  CHECK(parsed<list_options>({"list", "-f", "csv"}).format == output_format::csv);
  CHECK(parsed<export_options>({"export"}).format == output_format::csv);
  CHECK(parsed<export_options>({"export", "--format", "json", "-o", "f"}).output == "f");
}

TEST_CASE("importances are of parameters or of pairs") {
  CHECK_FALSE(parsed<importances_options>({"importances", "loans"}).pairs);
  CHECK(parsed<importances_options>({"importances", "--pairs"}).pairs);
}

TEST_CASE("best is another name of pareto") { CHECK(parsed<pareto_options>({"best", "loans"}).experiment == "loans"); }

TEST_CASE("pause, resume and archive name their experiment") {
  auto o = parsed<control_options>({"archive", "loans"});
  CHECK(o.what == control_options::verb::archive);
  CHECK(o.experiment == "loans");
  CHECK(parsed<control_options>({"pause", "x"}).what == control_options::verb::pause);
  CHECK(refused({"resume"}).find("NAME") != std::string::npos);
}

TEST_CASE("the environment names the place where no flag does") {
  CHECK(parsed<list_options>({"list"}).where.name() == "vilfredo.db");
  setenv("VILFREDO_STORE", "of-environment.db", 1);
  CHECK(parsed<run_options>({"run", "job.json"}).store == "of-environment.db");
  CHECK(parsed<list_options>({"list"}).where.store == "of-environment.db");
  CHECK(parsed<list_options>({"list", "--store", "of-flag.db"}).where.store == "of-flag.db");
  setenv("VILFREDO_URL", "http://environment", 1);
  setenv("VILFREDO_TOKEN", "secret", 1);
  auto daemon = parsed<status_options>({"status"}).where;
  CHECK(daemon.url == "http://environment");
  CHECK(daemon.token == "secret");
  CHECK(parsed<status_options>({"status", "--url", "http://flag"}).where.url == "http://flag");
  CHECK_FALSE(parsed<status_options>({"status", "--store", "s.db"}).where.remote());
  CHECK(parsed<submit_options>({"submit", "job.json"}).where.url == "http://environment");
  unsetenv("VILFREDO_STORE");
  unsetenv("VILFREDO_URL");
  unsetenv("VILFREDO_TOKEN");
}

TEST_CASE("a store and a daemon exclude each other, and some verbs need a daemon") {
  CHECK(refused({"list", "--store", "s.db", "--url", "http://x"}).find("exclude each other") != std::string::npos);
  CHECK(refused({"submit", "job.json"}).find("say which daemon: --url") != std::string::npos);
  CHECK(refused({"worker", "job.json"}).find("say which daemon: --url") != std::string::npos);
}

TEST_CASE("a worker takes its slots, its name, its lease and its folder") {
  auto o = parsed<worker_options>(
      {"worker", "job.json", "--url",   "http://x", "--token-file", "t", "--slots",      "3",  "--gpus", "1",
       "--name", "w",        "--lease", "2.5",      "--directory",  "d", "--experiment", "17", "--ca",   "ca.pem"});
  CHECK(o.job == "job.json");
  CHECK(o.where.token_file == "t");
  CHECK(o.where.authorities == "ca.pem");
  CHECK(o.slots == 3);
  CHECK(o.gpus == std::vector<std::uint32_t>{1});
  CHECK(o.name == "w");
  CHECK(o.lease_seconds == 2.5);
  CHECK(o.directory == "d");
  CHECK(o.experiment == 17);
  CHECK(refused({"worker", "job.json", "--url", "http://x", "--lease", "0"}).find("--lease") != std::string::npos);
}

TEST_CASE("tokens have verbs of their own") {
  auto o = parsed<token_options>(
      {"token", "create", "ci", "--permissions", "read", "--expires", "90d", "--url", "http://x"});
  CHECK(o.what == token_options::verb::create);
  CHECK(o.name == "ci");
  CHECK(o.permissions == "read");
  CHECK(o.expires == "90d");
  CHECK(o.where.url == "http://x");
  CHECK(parsed<token_options>({"token", "list", "--url", "http://x", "-f", "csv"}).format == output_format::csv);
  CHECK(parsed<token_options>({"token", "revoke", "ci", "--url", "http://x"}).what == token_options::verb::revoke);
  CHECK(parsed<token_options>({"token", "create", "ci", "--url", "http://x", "--project", "p"}).project == "p");
  auto stopped = parsed<token_options>({"token", "list", "--store", "s.db"});
  CHECK_FALSE(stopped.where.remote());
  CHECK(stopped.where.store == "s.db");
  CHECK(refused({"token", "create", "ci"}).find("say which daemon") != std::string::npos);
  CHECK(refused({"token", "create", "ci", "--permissions", "all", "--url", "http://x"}).find("permissions") !=
        std::string::npos);
  CHECK(refused({"token", "rotate", "--url", "http://x"}).find("NAME") != std::string::npos);
}

TEST_CASE("a slip is refused in one line that helps") {
  CHECK(refused({}).find("say what to do") == 0);
  CHECK(refused({"rnu", "job.json"}).find("there is no verb \"rnu\"; did you mean \"run\"?") == 0);
  for (auto words : std::vector<std::vector<std::string>>{{"run"},
                                                          {"run", "a", "b"},
                                                          {"run", "a", "--slots", "0"},
                                                          {"run", "a", "--slots", "many"},
                                                          {"run", "a", "--gpus", "-1"},
                                                          {"run", "a", "--format", "csv"},
                                                          {"run", "a", "--nonsense"},
                                                          {"status", "--format", "xml"},
                                                          {"trials", "--state", "sleeping"},
                                                          {"completion", "fish"}}) {
    auto sentence = refused(words);
    CAPTURE(sentence);
    CHECK(sentence.find('\n') == std::string::npos);
    CHECK(sentence.find("; see vilfredo --help") != std::string::npos);
  }
}

TEST_CASE("a GPU is named once") {
  CHECK(refused({"run", "a", "--gpus", "0,1,0"}).find("--gpus names GPU 0 twice") == 0);
  CHECK(refused({"worker", "a", "--url", "http://x", "--gpus", "3,3"}).find("--gpus names GPU 3 twice") == 0);
  CHECK(parsed<run_options>({"run", "a", "--gpus", "1,0"}).gpus == std::vector<std::uint32_t>{1, 0});
}

TEST_CASE("a slip is told by its own name, with what was probably meant") {
  CHECK(refused({"run", "a", "--stroe", "x"}) ==
        "run has no option --stroe; did you mean \"--store\"?; see vilfredo --help");
  CHECK(refused({"run", "a", "--stroe=x"}).find("run has no option --stroe; did you mean \"--store\"?") == 0);
  CHECK(refused({"status", "--nonsense"}) == "status has no option --nonsense; see vilfredo --help");
  CHECK(refused({"run", "a", "b"}) == "run does not take the argument \"b\"; see vilfredo --help");
  CHECK(refused({"token", "list", "--frmat", "csv", "--store", "x"}).find("did you mean \"--format\"?") !=
        std::string::npos);
  CHECK(refused({"token"}).find("say what to do with tokens: create, list, rotate or revoke") == 0);
  CHECK(refused({"token", "creat", "x"}).find("there is no verb \"token creat\"; did you mean \"create\"?") == 0);
  CHECK(refused({"--store", "x", "status"}).find("say first what to do, then --store") == 0);
  CHECK(refused({"--verson"}).find("did you mean \"--version\"?") != std::string::npos);
  CHECK(refused({"run", "a", "--gpus", "a"}).find("--gpus") == 0);
}

TEST_CASE("-f is --format with every verb that has it") {
  CHECK(parsed<run_options>({"run", "a", "-f", "json"}).format == output_format::json);
  CHECK(parsed<validate_options>({"validate", "a", "-f", "json"}).format == output_format::json);
  CHECK(parsed<status_options>({"status", "-f", "json"}).format == output_format::json);
  CHECK(parsed<submit_options>({"submit", "a", "--url", "http://x", "-f", "json"}).format == output_format::json);
  CHECK(parsed<worker_options>({"worker", "a", "--url", "http://x", "-f", "json"}).format == output_format::json);
}

TEST_CASE("serve takes its settings as flags, and a file") {
  auto o = parsed<serve_options>({"serve", "--port", "0", "--plain", "--log-format=json", "--header-seconds", "2"});
  CHECK(o.port == 0);
  CHECK(o.plain);
  CHECK(o.log_format == log::format::json);
  CHECK(o.within.header_time == duration{2000});
  CHECK(o.log_most == log_level::info);
  CHECK(parsed<serve_options>({"serve", "-q"}).log_most == log_level::notice);
  CHECK(parsed<serve_options>({"serve", "-q", "--log-level", "error"}).log_most == log_level::error);
  CHECK(refused({"serve", "--port", "x"}) ==
        "--port must be a whole number from 0 to 65535, not \"x\"; see vilfredo --help");
  CHECK(refused({"serve", "--config", "/nowhere.json"}).find("/nowhere.json: cannot be read") == 0);
}

TEST_CASE("help and version are text") {
  CHECK(parsed<text_options>({"--help"}).text.find("pareto") != std::string::npos);
  CHECK(parsed<text_options>({"run", "--help"}).text.find("--slots") != std::string::npos);
  CHECK(parsed<text_options>({"help"}).text == parsed<text_options>({"--help"}).text);
  CHECK(parsed<text_options>({"help", "run"}).text == parsed<text_options>({"run", "--help"}).text);
  CHECK(parsed<text_options>({"--version"}).text.find("vilfredo ") == 0);
}

TEST_CASE("completion knows every verb with its flags") {
  bool seen = false;
  for (const auto& v : verbs()) {
    if (v.name != "run") continue;
    seen = true;
    CHECK(std::find(v.flags.begin(), v.flags.end(), "--slots") != v.flags.end());
    CHECK(v.formats == std::vector<std::string>{"json", "table"});
  }
  CHECK(seen);
}
