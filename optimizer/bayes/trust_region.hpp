#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "optimizer/sampler.hpp"

namespace vilfredo {

/// How far around the best a search looks (TuRBO, Eriksson et al. 2019): wider after some successes in a row, narrower
/// after as many failures as there are dimensions. When it has become too narrow it is wide again, where it is if it
/// found anything better since it was wide, else somewhere else.
///
/// Results come in one by one and out of order, so they are counted in rounds of `parallel_bandwidth` observations in
/// the order they came in, whoever suggested them. A round succeeds when one of it takes the lead: by Deb's rules of
/// what meets all thresholds first, and then by more than a thousandth; of several objectives, when one of it is beaten
/// by none.
///
/// A value of its own that a plan's hint carries to the next; without one it begins at what is known by then.
class trust_region {
public:
  explicit trust_region(const plan_job& job);
  /// Goes through the observations that came in since.
  void catch_up(const plan_job& job);

  /// Of the box, as a share of the space along a dimension of mean length scale: from 2⁻⁷ to 1.6.
  double length() const { return length_; }
  /// Where in the history the present region began; what came before is another's.
  std::uint64_t start() const { return start_; }
  /// It is new and its first points are to be spread over the whole space.
  bool opening(const plan_job& job) const;
  std::string hint() const;
  std::string note() const;

private:
  bool resume(const plan_job& job);
  bool takes_the_lead(const plan_job& job, std::uint64_t from, std::uint64_t end) const;
  void begin_again();

  std::uint64_t start_ = 0, seen_ = 0;  // seen: so many observations are counted
  std::uint64_t last_ = 0;              // the id of the last of these
  std::uint64_t successes_ = 0, failures_ = 0;
  std::uint64_t gains_ = 0;  // successes since it was wide
  std::uint64_t restarts_ = 0;
  double length_ = 0.8;
};

}  // namespace vilfredo
