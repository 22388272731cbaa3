#include "app/sheet.hpp"

#include <doctest/doctest.h>

using namespace vilfredo::app;
using vilfredo::view::style;

namespace {
sheet sample() {
  sheet x;
  x.columns = {{"", "trial"}, {"", "state"}, {"metrics", "state"}, {"assignments", "a"}, {"assignments", "b"}};
  x.rows = {{1, "completed", 0.1, 0.30000000000000004, "x, \"y\""}, {2, "failed", nullptr, 5, nullptr}};
  return x;
}
}  // namespace

TEST_CASE("as JSON the groups are objects, and what is absent is left out of them") {
  CHECK(
      print(sample(), output_format::json, {}) ==
      R"([{"trial":1,"state":"completed","metrics":{"state":0.1},"assignments":{"a":0.30000000000000004,"b":"x, \"y\""}},)"
      "\n "
      R"({"trial":2,"state":"failed","metrics":{},"assignments":{"a":5}}])"
      "\n");
  CHECK(print(sheet{}, output_format::json, {}) == "[]\n");
}

TEST_CASE("as csv numbers read back exactly, texts are quoted, and a name of two columns gets its group") {
  CHECK(print(sample(), output_format::csv, {}) == "trial,state,metrics.state,a,b\r\n"
                                                   "1,completed,0.1,0.30000000000000004,\"x, \"\"y\"\"\"\r\n"
                                                   "2,failed,,5,\r\n");
}

TEST_CASE("as a table numbers are brief") {
  CHECK(print(sample(), output_format::table, {}) == "trial  state      state    a  b\n"
                                                     "    1  completed    0.1  0.3  x, \"y\"\n"
                                                     "    2  failed              5\n");
}

TEST_CASE("assignments that do not fit share one column") {
  style narrow{30, 0, false, true};
  CHECK(print(sample(), output_format::table, narrow) == "trial  state    state  assign…\n"
                                                         "    1  comple…    0.1  a=0.3 …\n"
                                                         "    2  failed          a=5\n");
}
