#include "io/api/redacted.hpp"

#include <doctest/doctest.h>

#include "core/definition.hpp"
#include "tests/support/builders.hpp"

using namespace vilfredo;
using namespace vilfredo::test;

TEST_CASE("the command and its environment are left out, and nothing else") {
  auto d = experiment({real("x", 0, 1)}, {maximize("good")});
  const auto without = d;
  d.run.emplace();
  d.run->command = {"train", "--key", "secret"};
  const fact made{1, {}, {}, events::experiment_created{std::make_shared<const definition>(d)}};
  auto shown = api::redacted(made);
  const auto& kept = *std::get<events::experiment_created>(shown.what).definition;
  CHECK_FALSE(kept.run);
  CHECK(kept == without);
  CHECK(std::get<events::experiment_created>(made.what).definition->run);
  const fact other{2, {}, {}, events::experiment_paused{}};
  CHECK(std::holds_alternative<events::experiment_paused>(api::redacted(other).what));
}
