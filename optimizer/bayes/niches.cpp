#include "optimizer/bayes/niches.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace vilfredo {

niches::niches(std::shared_ptr<const encoding> how, std::size_t wanted, double radius)
    : how_(std::move(how)), wanted_(wanted), radius_(radius), elsewhere_(std::numeric_limits<double>::infinity()) {}

void niches::add(const Eigen::VectorXd& row, double value) {
  const auto place = std::ranges::upper_bound(known_, value, {}, &known::value);
  known_.insert(place, {row, value});
  choose();
}

void niches::choose() {
  solutions_.clear();
  for (std::size_t i = 0; i < known_.size() && solutions_.size() < wanted_; ++i)
    if (std::ranges::all_of(solutions_,
                            [&](std::size_t s) { return how_->unlikeness(known_[s].row, known_[i].row) >= radius_; }))
      solutions_.push_back(i);
  const double last = known_[solutions_.back()].value, median = known_[known_.size() / 2].value;
  elsewhere_ = solutions_.size() < wanted_ ? std::max(last, median) : last;
}

double niches::target(const Eigen::VectorXd& row) const {
  for (auto s : solutions_)  // the best first
    if (how_->unlikeness(known_[s].row, row) < radius_) return known_[s].value;
  return elsewhere_;
}

}  // namespace vilfredo
