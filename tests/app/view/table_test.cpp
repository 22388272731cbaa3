#include "app/view/table.hpp"

#include <doctest/doctest.h>

#include "app/view/text.hpp"

using namespace vilfredo::view;

namespace {
table sample() {
  return {{{"trial", true}, {"aucpr", true}, {"assignments", false}},
          {{{"7"}, {"0.41"}, {"learning_rate=0.1 num_leaves=15"}}, {{"12"}, {"0.4412"}, {"learning_rate=0.02"}}}};
}
}  // namespace

TEST_CASE("columns line up, numbers to the right") {
  CHECK(paint(render(sample(), {}), {}) == "trial   aucpr  assignments\n"
                                           "    7    0.41  learning_rate=0.1 num_leaves=15\n"
                                           "   12  0.4412  learning_rate=0.02\n");
}

TEST_CASE("the widest column gives way first") {
  style narrow{30, 0, false, true};
  CHECK(paint(render(sample(), narrow), narrow) == "trial   aucpr  assignments\n"
                                                   "    7    0.41  learning_rate=…\n"
                                                   "   12  0.4412  learning_rate=…\n");
}

TEST_CASE("wide characters keep the columns in line") {
  table x{{{"name", false}, {"n", true}}, {{{"学習率"}, {"1"}}, {{"rate"}, {"22"}}}};
  CHECK(paint(render(x, {}), {}) == "name     n\n学習率   1\nrate    22\n");
}

TEST_CASE("a table without rows is its heading") { CHECK(render(table{{{"a", false}}, {}}, {}).size() == 1); }

TEST_CASE("no line is wider than the terminal, even where every column is at its narrowest") {
  table x;
  for (int i = 0; i < 20; ++i) x.columns.push_back({"a_long_column_title", false});
  x.rows.emplace_back(20, span{"a long value in it"});
  for (std::size_t w : {40, 80}) {
    style how{w, 0, false, true};
    for (const auto& l : render(x, how)) CHECK(width(paint(l, how)) <= w);
  }
}
