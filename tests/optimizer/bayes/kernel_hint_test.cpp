#include "optimizer/bayes/kernel_hint.hpp"

#include <doctest/doctest.h>

using namespace vilfredo;

namespace {
const std::vector<fitted_kernel> some{{12, {{0.5, -1.25}, 0.1, -7, {2.5}}}, {11, {{2, 3}, -0.5, -1.0 / 3, {-0.1}}}};
}

TEST_CASE("what is written is read to the last bit") {
  const auto back = read_kernel_hint(write_kernel_hint(some), 2, 2, 1);
  REQUIRE(back);
  for (std::size_t i = 0; i < 2; ++i) {
    CHECK((*back)[i].observations == some[i].observations);
    CHECK((*back)[i].parameters == some[i].parameters);
  }
}

TEST_CASE("a hint of other models, of another sampler, cut short or out of range is none") {
  const auto text = write_kernel_hint(some);
  CHECK_FALSE(read_kernel_hint(text, 1, 2, 1));
  CHECK_FALSE(read_kernel_hint(text, 2, 3, 1));
  CHECK_FALSE(read_kernel_hint(text, 2, 2, 2));
  CHECK_FALSE(read_kernel_hint(text.substr(0, text.size() - 1), 2, 2, 1));
  CHECK_FALSE(read_kernel_hint(text + "0", 2, 2, 1));
  CHECK_FALSE(read_kernel_hint("sobol 12", 2, 2, 1));
  CHECK_FALSE(read_kernel_hint("", 2, 2, 1));
  auto wild = some;
  wild[1].parameters.log_noise = 1e6;
  CHECK_FALSE(read_kernel_hint(write_kernel_hint(wild), 2, 2, 1));
}
