#include "io/run_output_parser.hpp"

#include <string>

#include <doctest/doctest.h>

using namespace vilfredo;
using io::parse_run_output;

namespace {

run_report report_of(const std::string& line) {
  auto said = parse_run_output(line);
  INFO(line);
  REQUIRE(said);
  if (auto* m = std::get_if<run_misreport>(&*said)) FAIL(m->reason);
  REQUIRE(std::holds_alternative<run_report>(*said));
  return std::get<run_report>(*said);
}

/// The reason without the line it begins with.
std::string misreport(const std::string& line) {
  auto said = parse_run_output(line);
  INFO(line);
  REQUIRE(said);
  REQUIRE(std::holds_alternative<run_misreport>(*said));
  auto reason = std::get<run_misreport>(*said).reason;
  if (reason.starts_with(line + ": ")) reason.erase(0, line.size() + 2);
  return reason;
}

std::string failure(const std::string& line) {
  auto said = parse_run_output(line);
  REQUIRE(said);
  REQUIRE(std::holds_alternative<run_failure>(*said));
  return std::get<run_failure>(*said).reason;
}

}  // namespace

TEST_CASE("a report at a step") {
  auto x = report_of(R"({"step": 3, "metrics": {"aucpr": 0.41, "dollars_lost": 47.2}})");
  CHECK(x.step == 3.0);
  CHECK(x.values == std::vector<measurement>{{"aucpr", 0.41, {}}, {"dollars_lost", 47.2, {}}});
}

TEST_CASE("final values, with and without a standard deviation, in any order and spacing") {
  auto x = report_of("  {\"metrics\":{\"a\":{\"stddev\":0.01,\"value\":-4e-3},\"b\":41}} \r");
  CHECK_FALSE(x.step);
  CHECK(x.values == std::vector<measurement>{{"a", -0.004, 0.01}, {"b", 41, {}}});
  CHECK(report_of(R"({"metrics": {"a": {"value": 1}}, "step": 0.5})").step == 0.5);
}

TEST_CASE("whole numbers of any size are numbers") {
  CHECK(
      report_of(R"({"metrics": {"a": 18446744073709551615, "b": -9223372036854775808, "c": 123456789012345678901234}})")
          .values[2]
          .value == 123456789012345678901234.0);
}

TEST_CASE("a program may say that its configuration is bad") {
  CHECK(failure(R"({"failed": "diverged"})") == "diverged");
  CHECK(failure(R"({"failed": ""})") == "failed without a reason");
  CHECK(failure(R"({"failed": "two\nlines"})") == "two lines");
  CHECK(failure("{\"failed\": \"" + std::string(5000, 'x') + "\"}").size() < 1100);
}

TEST_CASE("all else is log") {
  for (const char* line : {"", "   ", "epoch 3: loss 0.41", "{", "{}", R"({"time": "12:00", "message": "hello"})",
                           R"({"message": {"metrics": {"a": 1}}})", "{'loss': 0.3}", "[1, 2]", "42", "null",
                           "\"metrics\"", R"(metrics: {"metrics": {"a": 1}})", R"([{"metrics": {"a": 1}}])",
                           R"({"a": [[[[[1]]]]]})", R"({"message": NaN})", "{\x01\xff"}) {
    INFO(line);
    CHECK_FALSE(parse_run_output(line));
  }
}

TEST_CASE("numbers that are not finite are named") {
  CHECK(misreport(R"({"metrics": {"auc": NaN}})") == "metric \"auc\" is NaN, not a finite number");
  CHECK(misreport(R"({"step": 1, "metrics": {"a": 1, "b": Infinity}})") ==
        "metric \"b\" is Infinity, not a finite number");
  CHECK(misreport(R"({"metrics": {"b": -Infinity}})") == "metric \"b\" is -Infinity, not a finite number");
  CHECK(misreport(R"({"metrics": {"b": nan}})") == "metric \"b\" is nan, not a finite number");
  CHECK(misreport(R"({"metrics": {"b": -nan}})") == "metric \"b\" is -nan, not a finite number");
  CHECK(misreport(R"({"metrics": {"b": inf}})") == "metric \"b\" is inf, not a finite number");
  CHECK(misreport(R"({"metrics": {"b": 1e999}})") == "metric \"b\" is 1e999, not a finite number");
  CHECK(misreport(R"({"metrics": {"b": {"value": 1, "stddev": NaN}}})") ==
        "stddev of metric \"b\" is NaN, not a finite number");
  CHECK(misreport(R"({"step": NaN, "metrics": {"a": 1}})") == "\"step\" is NaN, not a finite number");
  CHECK(misreport(R"({"metrics": {"b": null}})") == "metric \"b\" is null, not a number");
}

TEST_CASE("what was meant as a report and cannot be read says why") {
  CHECK(misreport(R"({"setp": 3, "metrics": {"a": 1}})") ==
        R"(unknown key "setp"; a report has "metrics", "step" and "failed" only)");
  CHECK(misreport(R"({"metrics": {}})") == "\"metrics\" is empty");
  CHECK(misreport(R"({"metrics": 3})") == "\"metrics\" is 3, not an object of names and numbers");
  CHECK(misreport(R"({"metrics": [1]})") == "\"metrics\" must not be a list");
  CHECK(misreport(R"({"metrics": {"a": "0.3"}})") == "metric \"a\" is the text \"0.3\", not a number");
  CHECK(misreport(R"({"metrics": {"a": true}})") == "metric \"a\" is true, not a number");
  CHECK(misreport(R"({"metrics": {"a": [1]}})") == "metric \"a\" must not be a list");
  CHECK(misreport(R"({"metrics": {"a": {"stddev": 1}}})") == "metric \"a\" has no \"value\"");
  CHECK(misreport(R"({"metrics": {"a": {"value": 1, "sd": 1}}})") ==
        R"(unknown key "sd" in metric "a"; it has "value" and "stddev" only)");
  CHECK(misreport(R"({"metrics": {"a": {"value": {"value": 1}}}})") == "metric \"a\" must not be an object");
  CHECK(misreport(R"({"metrics": {"a": {"value": 1, "stddev": -1}}})") == "stddev of metric \"a\" is negative");
  CHECK(misreport(R"({"metrics": {"a": {"value": null}}})") == "metric \"a\" is null, not a number");
  CHECK(misreport(R"({"metrics": {"a": 1}, "step": "3"})") == "\"step\" is the text \"3\", not a number");
  CHECK(misreport(R"({"step": {"n": 1}, "metrics": {"a": 1}})") == "\"step\" must not be an object");
  CHECK(misreport(R"({"failed": true})") == "\"failed\" is true, not the reason as text");
  CHECK(misreport(R"({"failed": "x", "metrics": {"a": 1}})") == R"(it has both "metrics" and "failed")");
}

TEST_CASE("keys given twice are refused: which one counts would be a guess") {
  CHECK(misreport(R"({"metrics": {"a": 1}, "metrics": {"a": 2}})") == "key \"metrics\" is given twice");
  CHECK(misreport(R"({"metrics": {"a": 1, "a": 2}})") == "metric \"a\" is given twice");
  CHECK(misreport(R"({"metrics": {"a": {"value": 1, "value": 2}}})") == "key \"value\" is given twice in metric \"a\"");
  CHECK(misreport(R"({"step": 1, "step": 2, "metrics": {"a": 1}})") == "key \"step\" is given twice");
}

TEST_CASE("broken JSON with a report's words is a misreport") {
  CHECK(misreport(R"({"metrics": {"a": 1})") == "it is not JSON from character 20 on");
  CHECK(misreport(R"({"metrics": {"a": 1}} done)") == "it is not JSON from character 23 on");
  CHECK(misreport(R"({"metrics": {"a": 1}}{"metrics": {"a": 2}})").find("not JSON") != std::string::npos);
  CHECK(misreport(R"({"metrics": {"a": 1,}})").find("not JSON") != std::string::npos);
  CHECK(misreport("{'metrics': {'a': 1}}").find("json.dumps") != std::string::npos);
  CHECK(misreport(R"({"time": 3, oops, "failed": "x"})").find("not JSON") != std::string::npos);
}

TEST_CASE("hostile lines cost little and break nothing") {
  std::string deep = R"({"metrics": )" + std::string(30000, '[') + std::string(30000, ']') + "}";
  CHECK(std::get<run_misreport>(*parse_run_output(deep)).reason.size() < 300);
  std::string objects = "{\"metrics\": ";
  for (int i = 0; i < 5000; ++i) objects += "{\"a\":";
  CHECK(std::holds_alternative<run_misreport>(*parse_run_output(objects)));
  auto bad = std::get<run_misreport>(*parse_run_output("{\"metrics\": {\"\x1b[2J\xff\": 1}}")).reason;
  CHECK(bad.find('\x1b') == std::string::npos);
  CHECK(bad.find('\xff') == std::string::npos);
  CHECK(std::get<run_misreport>(*parse_run_output(R"({"metrics": {"a": 1}, ")" + std::string(60000, 'k') + "\": 1}"))
            .reason.size() < 500);
}

TEST_CASE("a line that is log may all the same have been meant as a report") {
  auto lacks = [](std::string_view line, bool cut = false) {
    CHECK((cut || !parse_run_output(line)));
    auto found = vilfredo::io::near_miss(line, cut);
    return found ? found->reason : std::string("nothing");
  };
  CHECK(lacks(R"( {"loss": 0.3, "epoch": 4} )") ==
        R"({"loss": 0.3, "epoch": 4}: a report is {"metrics": {NAME: NUMBER}})");
  CHECK(lacks(R"(INFO: {"metrics": {"loss": 0.3}})") ==
        R"(INFO: {"metrics": {"loss": 0.3}}: a report is a line of its own, with nothing before it)");
  CHECK(lacks(R"({"metrics": {"loss": 0.3}, "pad": "aaaa)", true).find("too long for a report") != std::string::npos);
  for (const char* log : {"", "  ", "epoch 4: loss 0.3", "{}", R"({"level": "info", "loss": 0.3})", "{loss: 0.3}",
                          "[1, 2]", R"(the key "metrics" is missing)"})
    CHECK(lacks(log) == "nothing");
}
