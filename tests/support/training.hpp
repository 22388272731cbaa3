#pragma once
#include <cmath>
#include <Eigen/Core>
#include <memory>
#include <vector>

#include "core/random.hpp"
#include "optimizer/bayes/gp.hpp"
#include "tests/support/builders.hpp"

namespace vilfredo::test {

/// Something to make a Gaussian process of, and configurations that it has not seen.
struct training_example {
  std::shared_ptr<const space> domain;  // the encoding points into it
  std::shared_ptr<const encoding> how;
  training_data data;
  kernel_parameters parameters;
  std::vector<Eigen::VectorXd> elsewhere;
};

inline training_example example_over(space s, Eigen::Index n, std::uint64_t seed) {
  training_example out;
  out.domain = std::make_shared<const space>(std::move(s));
  out.how = std::make_shared<const encoding>(*out.domain);
  random_source random(seed);
  auto draw = [&] {
    std::vector<double> u(out.domain->size());
    for (double& v : u) v = random.uniform();
    return out.how->encode(out.domain->from_unit(u));
  };
  out.data.rows.resize(n, static_cast<Eigen::Index>(out.how->columns().size()));
  out.data.values.resize(n);
  out.data.shares = Eigen::VectorXd::Ones(n);
  out.data.variance = Eigen::VectorXd::Zero(n);
  for (Eigen::Index i = 0; i < n; ++i) {
    const auto row = draw();
    out.data.rows.row(i) = row.transpose();
    out.data.values[i] = 0.7 + std::sin(3 * row.sum()) + row[0] * row[0] + 0.1 * random.normal();
    if (i % 3 == 0) out.data.shares[i] = 0.5;
    if (i % 4 == 0) out.data.variance[i] = 0.02;
  }
  for (int i = 0; i < 8; ++i) out.elsewhere.push_back(draw());
  for (std::size_t i = 0; i < out.how->scales(); ++i)
    out.parameters.log_scales.push_back(-0.7 + 0.4 * static_cast<double>(i));
  out.parameters.log_signal = 0.3;
  out.parameters.log_noise = -4;
  return out;
}

inline training_example smooth_example(Eigen::Index n) {
  return example_over(space_of({real("x", 0, 1), real("y", -3, 3)}), n, 5);
}
inline training_example mixed_example(Eigen::Index n) {
  return example_over(
      space_of({categorical("k", {"a", "b"}), when(real("x", 0, 1), "k", {"a"}), integer("n", 1, 6), real("y", 0, 1)}),
      n, 7);
}

/// The kernel as it is written down.
inline double covariance(const training_example& x, const Eigen::RowVectorXd& a, const Eigen::RowVectorXd& b) {
  double square = 0;
  for (std::size_t c = 0; c < x.how->columns().size(); ++c) {
    const auto& column = x.how->columns()[c];
    const auto i = static_cast<Eigen::Index>(c);
    const double apart = column.category ? (a[i] != b[i]) : a[i] - b[i];
    square += apart * apart * std::exp(-2 * x.parameters.log_scales[column.scale]);
  }
  const double t = std::sqrt(5 * square);
  return std::exp(x.parameters.log_signal) * (1 + t + t * t / 3) * std::exp(-t);
}

}  // namespace vilfredo::test
