#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "optimizer/sampler.hpp"

namespace vilfredo {

/// The observations that a sampler's last plan thought worth keeping, so that the next plan need look only at those
/// that came in since.
struct kept {
  std::size_t seen = 0;             ///< how many observations there were
  std::size_t noted = 0;            ///< a number of the owner's own, at most as great
  std::vector<std::size_t> places;  ///< of the kept ones in the history
};

/// From the job's hint when it was written by `whose` and the history still begins as it did; else nothing is kept and
/// nothing seen.
kept read_kept(const plan_job& job, std::string_view whose);
std::string write_kept(const plan_job& job, std::string_view whose, const kept& x);

}  // namespace vilfredo
