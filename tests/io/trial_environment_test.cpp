#include "io/trial_environment.hpp"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <limits>
#include <optional>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "tests/support/files.hpp"
#include "tests/support/scratch.hpp"

using namespace vilfredo;
using namespace vilfredo::io;
using texts = std::vector<std::string>;

namespace {

std::optional<std::string> variable(const texts& environment, const std::string& name) {
  for (const auto& e : environment)
    if (e.starts_with(name + "=")) return e.substr(name.size() + 1);
  return {};
}

const std::vector<named_value> some{
    {"learning_rate", 0.1}, {"num_leaves", std::int64_t{15}}, {"booster", std::string("dart")}};

}  // namespace

TEST_CASE("placeholders are filled anywhere in an argument") {
  CHECK(fill_arguments({"prog", "--rate={learning_rate}", "{num_leaves}{booster}", "@{assignments_file}"}, some,
                       "/a/f") == texts{"prog", "--rate=0.1", "15dart", "@/a/f"});
}

TEST_CASE("other text in braces stays as it is") {
  texts same{"{print $1}", "{}", "{", "}", "{unknown}", "{{", "{\"a\": {\"b\": 1}}", "{learning_rate"};
  CHECK(fill_arguments(same, some, "f") == same);
  CHECK(fill_arguments({"{{booster}}", "{x{booster}"}, some, "f") == texts{"{dart}", "{xdart"});
}

TEST_CASE("a value is put in verbatim and not looked at again") {
  for (std::string hostile :
       {"{num_leaves}", "$(touch x)", "a\nb", "--option", "; rm -rf", "'\"`\\", "größe 日本", "", " "})
    CHECK(fill_arguments({"{v}", "-{v}-"}, {{"v", hostile}, {"num_leaves", 3.0}}, "f") ==
          texts{hostile, "-" + hostile + "-"});
}

TEST_CASE("numbers read back as the same number") {
  for (double x : {0.1, 1.0 / 3, 1e-300, 5e-324, 1.7976931348623157e308, -0.0, 123456789.125, 1e22}) {
    auto text = value_text(x);
    CHECK(std::strtod(text.c_str(), nullptr) == x);
    CHECK(text.size() <= 24);
  }
  CHECK(value_text(0.1) == "0.1");
  CHECK(value_text(std::numeric_limits<std::int64_t>::min()) == "-9223372036854775808");
}

TEST_CASE("parameters' variables have names that every program can read") {
  CHECK(parameter_variable("learning_rate") == "VILFREDO_PARAM_LEARNING_RATE");
  CHECK(parameter_variable("max-depth.2") == "VILFREDO_PARAM_MAX_DEPTH_2");
  CHECK(parameter_variable("ä b=c") == "VILFREDO_PARAM____B_C");
}

TEST_CASE("a folder holds something, or nothing, or is not there") {
  test::scratch here;
  CHECK_FALSE(holds_something(here / "nowhere"));
  CHECK_FALSE(holds_something(here.path()));
  std::ofstream(here / "file");
  CHECK(holds_something(here.path()));
}

TEST_CASE("in an experiment with tasks the environment says which one to run") {
  trial_run what;
  trial_folder folder("/nowhere", {1}, {1});
  CHECK_FALSE(variable(fill_environment({"VILFREDO_TASK=outer"}, what, folder, "mark"), "VILFREDO_TASK"));
  what.task = task{"a tenth", 0.1};
  auto all = fill_environment({}, what, folder, "mark");
  CHECK(variable(all, "VILFREDO_TASK") == "a tenth");
  CHECK(variable(all, "VILFREDO_TASK_COST") == "0.1");
}

TEST_CASE("the environment says everything about the trial, over what was inherited") {
  trial_run what;
  what.experiment = {7};
  what.experiment_name = "loans";
  what.trial = {12};
  what.seed = 99;
  what.assignments = {{"a-b", 0.5}, {"a_b", std::int64_t{2}}, {"text", std::string("x=y\nz")}};
  what.program.environment = {{"OMP_NUM_THREADS", "1"}, {"HOME", "/elsewhere"}, {"VILFREDO_TRIAL", "forged"}};
  what.gpus = {1, 3};
  test::scratch here;
  trial_folder folder(here.path(), what.experiment, what.trial);
  REQUIRE(folder.prepare(what.assignments));
  texts inherited{
      "HOME=/root", "EMPTY=", "odd", "CUDA_VISIBLE_DEVICES=0,1,2,3", "VILFREDO_RESUME=1", "VILFREDO_PARAM_OUTER=1"};
  auto all = fill_environment(inherited, what, folder, "mark");

  CHECK(folder.path == here.path() / "7" / "12");
  CHECK(variable(all, "HOME") == "/elsewhere");
  CHECK(variable(all, "EMPTY") == "");
  CHECK(variable(all, "OMP_NUM_THREADS") == "1");
  CHECK(variable(all, "CUDA_VISIBLE_DEVICES") == "1,3");
  CHECK(variable(all, "VILFREDO_EXPERIMENT") == "7");
  CHECK(variable(all, "VILFREDO_EXPERIMENT_NAME") == "loans");
  CHECK(variable(all, "VILFREDO_TRIAL") == "12");
  CHECK(variable(all, "VILFREDO_ATTEMPT") == "1");
  CHECK(variable(all, "VILFREDO_SEED") == "99");
  CHECK(variable(all, "VILFREDO_RUN") == "mark");
  CHECK(variable(all, "VILFREDO_DIR") == folder.path.string());
  CHECK(variable(all, "VILFREDO_ASSIGNMENTS") == folder.assignments().string());
  CHECK(variable(all, "VILFREDO_CHECKPOINT_DIR") == folder.checkpoint().string());
  CHECK(variable(all, "VILFREDO_PARAM_A_B") == "0.5");  // the first of two
  CHECK(variable(all, "VILFREDO_PARAM_TEXT") == "x=y\nz");
  CHECK_FALSE(variable(all, "VILFREDO_RESUME"));
  CHECK_FALSE(variable(all, "VILFREDO_PARAM_OUTER"));
  CHECK(std::ranges::find(all, "odd") == all.end());

  what.gpus.clear();
  CHECK(variable(fill_environment(inherited, what, folder, "mark"), "CUDA_VISIBLE_DEVICES") == "0,1,2,3");
}

TEST_CASE("a later attempt is told to resume when there is something to resume from") {
  test::scratch here;
  trial_run what;
  what.attempt = 2;
  trial_folder folder(here.path(), {1}, {1});
  REQUIRE(folder.prepare({}));
  CHECK_FALSE(variable(fill_environment({}, what, folder, "m"), "VILFREDO_RESUME"));
  std::ofstream(folder.checkpoint() / "epoch_3") << "weights";
  CHECK(variable(fill_environment({}, what, folder, "m"), "VILFREDO_RESUME") == "1");
  what.attempt = 1;
  CHECK_FALSE(variable(fill_environment({}, what, folder, "m"), "VILFREDO_RESUME"));
}

TEST_CASE("the file of assignments holds all of them with their types") {
  test::scratch here;
  trial_folder folder(here.path(), {1}, {2});
  auto more = some;
  more.push_back({"third", 1.0 / 3});
  more.push_back({"odd \"name\"", std::string("\xff$(x)\n")});
  REQUIRE(folder.prepare(more));
  auto all = nlohmann::json::parse(tests::contents(folder.assignments()));
  CHECK(all.size() == 5);
  CHECK(all["learning_rate"] == 0.1);
  CHECK(all["num_leaves"].is_number_integer());
  CHECK(all["booster"] == "dart");
  CHECK(all["third"].get<double>() == 1.0 / 3);
  CHECK(all["odd \"name\""] == "\xef\xbf\xbd$(x)\n");
}

TEST_CASE("a folder that cannot be made is named") {
  test::scratch here;
  std::ofstream(here / "1") << "a file in the way";
  auto made = trial_folder(here.path(), {1}, {2}).prepare({});
  REQUIRE_FALSE(made);
  CHECK(made.error().message.find((here / "1/2/checkpoint").string()) != std::string::npos);
}
