#include "optimizer/design/sobol.hpp"

#include <algorithm>
#include <bit>
#include <charconv>
#include <string>

#include "core/feasible.hpp"
#include "core/random.hpp"
#include "optimizer/design/prior_map.hpp"
#include "optimizer/design/sobol_directions.hpp"
#include "optimizer/novelty.hpp"

namespace vilfredo {

namespace {

constexpr std::uint64_t sequence_stream = 0x50b01;
constexpr std::string_view hint_mark = "sobol ";

std::uint64_t next_index(const plan_job& job) {
  std::string_view hint = job.hint;
  std::uint64_t next = 0;
  if (hint.starts_with(hint_mark)) {
    hint.remove_prefix(hint_mark.size());
    auto [end, fault] = std::from_chars(hint.data(), hint.data() + hint.size(), next);
    if (fault == std::errc{} && end == hint.data() + hint.size() && next >= job.first) return next;
  }
  return job.first;
}

}  // namespace

sobol_sequence::sobol_sequence(std::size_t dimensions, std::uint64_t seed) {
  const auto directions = sobol_directions::get(dimensions);
  scrambled_.resize(directions.size());
  for (std::size_t d = 0; d < directions.size(); ++d) {
    random_source random(derive_seed(seed, d));
    auto& out = scrambled_[d];
    out.shift = static_cast<std::uint32_t>(random.bits() >> 32);
    // Column i of the matrix says what digit i of a point adds to the scrambled one: itself and random lower digits.
    std::array<std::uint32_t, 32> columns;
    for (unsigned i = 0; i < 32; ++i) {
      const auto top = std::uint32_t{1} << (31 - i);
      columns[i] = top | (static_cast<std::uint32_t>(random.bits() >> 32) & (top - 1));
    }
    for (unsigned k = 0; k < 32; ++k) {
      out.directions[k] = 0;
      for (unsigned i = 0; i < 32; ++i)
        if (directions[d][k] >> (31 - i) & 1) out.directions[k] ^= columns[i];
    }
  }
}

void sobol_sequence::point(std::uint64_t index, std::span<double> out) const {
  for (std::size_t d = 0; d < scrambled_.size(); ++d) {
    auto digits = scrambled_[d].shift;
    for (auto left = static_cast<std::uint32_t>(index); left; left &= left - 1)
      digits ^= scrambled_[d].directions[static_cast<unsigned>(std::countr_zero(left))];
    out[d] = (digits + 0.5) * 0x1p-32;
  }
}

assignments sobol_point(const space& domain, std::uint64_t seed, std::uint64_t index) {
  std::vector<double> u(domain.size());
  sobol_sequence(domain.size(), seed).point(index, u);
  prior_map(domain).apply(u);
  if (!domain.constrained()) return domain.from_unit(u);
  return feasible_sampler(domain).repair(u);
}

result<plan> suggest_sobol(const plan_job& job) {
  constexpr int most_repeats = 1000;  // a finite space may be used up
  const auto& domain = *job.space;
  const sobol_sequence sequence(domain.size(), derive_seed(job.definition->seed, sequence_stream));
  const prior_map priors(domain);
  const feasible_sampler feasible(domain);
  novelty seen(job);
  random_source random(job.seed);
  plan out;
  auto index = next_index(job);
  std::vector<double> u(domain.size());
  int repeats = 0;
  while (out.candidates.size() < job.count) {
    if (job.is_cancelled()) return error{errc::later, "cancelled"};
    assignments x;
    if (repeats < most_repeats) {
      sequence.point(index++, u);
      priors.apply(u);
      x = feasible.repair(u);
      if (!seen.is_new(x)) {
        ++repeats;
        continue;
      }
    } else {
      x = seen.draw(feasible, random);
    }
    seen.take(x);
    out.candidates.push_back(std::move(x));
  }
  out.hint = std::string(hint_mark) + std::to_string(index);
  out.note = "points up to " + std::to_string(index) + " of the sequence";
  return out;
}

}  // namespace vilfredo
