#include "core/closest.hpp"

#include <doctest/doctest.h>

#include <vector>

using namespace vilfredo;

TEST_CASE("the edit distance counts insertions, deletions, replacements and swaps") {
  CHECK(edit_distance("", "") == 0);
  CHECK(edit_distance("abc", "") == 3);
  CHECK(edit_distance("", "ab") == 2);
  CHECK(edit_distance("kitten", "sitting") == 3);
  CHECK(edit_distance("metrics", "metircs") == 1);
  CHECK(edit_distance("ca", "abc") == 3);  // the restricted distance; the full one would be 2
}

TEST_CASE("a slip finds the word that was meant") {
  std::vector<std::string> known{"learning_rate", "num_leaves", "lr", "aucpr"};
  CHECK(closest("learning_rte", known) == "learning_rate");
  CHECK(closest("Learning_Rate", known) == "learning_rate");
  CHECK(closest("num_leavse", known) == "num_leaves");
  CHECK(closest("acupr", known) == "aucpr");
}

TEST_CASE("a word that is far from all finds nothing") {
  std::vector<std::string> known{"learning_rate", "lr", "b"};
  CHECK_FALSE(closest("momentum", known));
  CHECK_FALSE(closest("xy", known));
  CHECK_FALSE(closest("a", known));
  CHECK_FALSE(closest("", known));
  CHECK_FALSE(closest("anything", {}));
}

TEST_CASE("the nearest wins, the first among equals") {
  std::vector<std::string> known{"alpha1", "alpha2", "alpha"};
  CHECK(closest("alphas", known) == "alpha1");
  CHECK(closest("alph", known) == "alpha");
}

TEST_CASE("a sentence ends with the question only when there is one to ask") {
  std::vector<std::string> known{"metrics"};
  CHECK(did_you_mean("metric", known) == "; did you mean \"metrics\"?");
  CHECK(did_you_mean("parameters", known).empty());
}
