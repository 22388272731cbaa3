#pragma once
#include <cstddef>
#include <span>
#include <vector>

namespace vilfredo {

/// Non-dominated sorting as `non_dominated_ranks` does it (core/pareto.hpp), of points that stand one after another,
/// `objectives` numbers each, at least one: a sampler that sorts its population for every observation makes no vector a
/// point.
std::vector<std::size_t> non_dominated_ranks(std::span<const double> points, std::size_t objectives);

}  // namespace vilfredo
