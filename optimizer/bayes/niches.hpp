#pragma once
#include <cstddef>
#include <Eigen/Core>
#include <memory>
#include <vector>

#include "optimizer/bayes/kernel.hpp"

namespace vilfredo {

/// Where several solutions are wanted that are unlike one another: what a trial must improve on to be one of them.
///
/// The solutions so far are the best known configuration and, again and again, the best of those that are at least a
/// radius away from all before. A trial near one of them has to be better than it, one that is near none better than
/// the last of them: so the sum of the solutions' values falls by the improvement. While there are too few, all that
/// is better than the median is one.
class niches {
public:
  /// `radius` is a distance in the unit cube; at least one must be wanted.
  niches(std::shared_ptr<const encoding> how, std::size_t wanted, double radius);

  void add(const Eigen::VectorXd& row, double value);
  /// Infinity while nothing is known.
  double target(const Eigen::VectorXd& row) const;

private:
  struct known {
    Eigen::VectorXd row;
    double value = 0;
  };
  void choose();

  std::shared_ptr<const encoding> how_;
  std::size_t wanted_;
  double radius_;
  std::vector<known> known_;            // the best first
  std::vector<std::size_t> solutions_;  // of the known
  double elsewhere_ = 0;                // the target near none of the solutions
};

}  // namespace vilfredo
