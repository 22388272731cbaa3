#include "app/shell_word.hpp"

#include <doctest/doctest.h>

using vilfredo::app::shell_word;

TEST_CASE("a word that a shell would take apart is quoted, others are left as they are") {
  CHECK(shell_word("loans-2.db") == "loans-2.db");
  CHECK(shell_word("größe") == "größe");
  CHECK(shell_word("two words") == "'two words'");
  CHECK(shell_word("it's") == "'it'\\''s'");
  CHECK(shell_word("$HOME") == "'$HOME'");
  CHECK(shell_word("") == "''");
  CHECK(shell_word("-f") == "'-f'");
}
