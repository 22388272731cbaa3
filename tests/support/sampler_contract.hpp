#pragma once
#include <string>
#include <vector>

#include "optimizer/catalogue.hpp"
#include "optimizer/sampler.hpp"

namespace vilfredo::test {

/// An experiment with something about it that samplers stumble over.
struct contract_case {
  std::string name;
  definition what;
};
std::vector<contract_case> contract_cases();

/// What has been observed: how many, and of which kind.
enum class past {
  ordinary,
  some_failed,
  all_failed,
  constant,
  huge,
  infeasible,
  absent_values,
  some_stopped,
  infinite,
  repeated,
  odd_deviations
};

/// A job of `n` observations and `pending` points, made up from `seed`. Values follow a smooth function.
plan_job contract_job(const definition& d, std::size_t n, std::size_t pending, past kind, std::uint64_t seed);

/// All that optimizer/sampler.hpp promises of a sampler, over every case and kind of past; doctest checks within.
void check_sampler_contract(const sampler_entry& sampler);

}  // namespace vilfredo::test
