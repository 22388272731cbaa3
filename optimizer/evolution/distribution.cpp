#include "optimizer/evolution/distribution.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <numeric>

// Hansen 2016, "The CMA evolution strategy: a tutorial" (arXiv 1604.00772); its symbols:
//   n    numbers                                       λ    points a generation
//   m    mean_         [n] in unit coordinates         σ    step_
//   L    factor_       [n, n], lower; C = L Lᵀ         A    stretch_ [n], of integers (Hamano et al. 2022, eq. 13)
//   p_σ  path_step_    [n]                             p_c  path_shape_ [n]
//   y    (u − m) / (σ A) of a point u                  z    L⁻¹ y
//   w    weights [λ], positive for the better half     q    chances_ [dimension, category]
// The step's path uses L⁻¹ where the tutorial has C^(−½): another rotation of the same length (Krause et al. 2016).

namespace vilfredo {

namespace {

constexpr double least_chance = 1e-300;
constexpr double surroundings = 0.3;  // of the spread of the points that a warm start is from

double phi(double z) { return 0.5 * std::erfc(-z * std::numbers::sqrt2 / 2); }
double quantile(double p) { return normal_quantile(std::clamp(p, least_chance, 1 - 0x1p-53)); }

bool discrete(const parameter& p) { return p.type == parameter_type::integer || !p.grid.empty(); }

/// A draw from the normal distribution between two ends; the nearer end where it has no mass there.
double between(double mean, double deviation, double low, double high, double u) {
  const double from = phi((low - mean) / deviation), to = phi((high - mean) / deviation);
  if (!(to - from > 1e-12)) return mean < low ? low : high;
  return std::clamp(mean + deviation * quantile(from + u * (to - from)), low, high);
}

/// Weights of the places of a generation, best first, and the rates that follow from them.
struct rates {
  std::vector<double> weights;
  double mass = 0;  // μ_eff
  double c_step, damping, c_path, c_one, c_mu, length;

  rates(std::size_t lambda, double n) {
    double sum = 0, squares = 0, below = 0, below_squares = 0;
    for (std::size_t i = 0; i < lambda; ++i) {
      const double w = std::log((static_cast<double>(lambda) + 1) / 2) - std::log(static_cast<double>(i + 1));
      weights.push_back(w);
      (w > 0 ? sum : below) += std::abs(w);
      (w > 0 ? squares : below_squares) += w * w;
    }
    mass = sum * sum / squares;
    const double mass_below = below > 0 ? below * below / below_squares : 0;
    c_step = (mass + 2) / (n + mass + 5);
    damping = 1 + 2 * std::max(0.0, std::sqrt((mass - 1) / (n + 1)) - 1) + c_step;
    c_path = (4 + mass / n) / (n + 4 + 2 * mass / n);
    c_one = 2 / ((n + 1.3) * (n + 1.3) + mass);
    c_mu = std::min(1 - c_one, 2 * (0.25 + mass + 1 / mass - 2) / ((n + 2) * (n + 2) + mass));
    length = std::sqrt(n) * (1 - 1 / (4 * n) + 1 / (21 * n * n));
    const double total_below =
        std::min({1 + c_one / c_mu, 1 + 2 * mass_below / (mass + 2), (1 - c_one - c_mu) / (n * c_mu)});
    for (double& w : weights) w *= w > 0 ? 1 / sum : below > 0 ? total_below / below : 0;
  }
};

/// The weight of each point; points that share a place are ranked by lot, so that a plain moves nothing on the average.
std::vector<double> assigned(const std::vector<double>& weights, const std::vector<std::size_t>& places,
                             random_source& random) {
  std::vector<std::pair<std::size_t, std::uint64_t>> lots;
  for (auto place : places) lots.emplace_back(place, random.bits());
  std::vector<std::size_t> order(places.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, {}, [&](std::size_t k) { return lots[k]; });
  std::vector<double> out(places.size());
  for (std::size_t i = 0; i < order.size(); ++i) out[order[i]] = weights[i];
  return out;
}

}  // namespace

search_distribution::search_distribution(const space& domain, std::span<const double> middle, double width)
    : domain_(&domain), step_(width) {
  for (std::size_t i = 0; i < domain.size(); ++i) {
    const auto& p = domain.dimensions()[i];
    if (p.type == parameter_type::categorical) {
      categories_.push_back(i);
      chances_.emplace_back(p.categories.size(), 1 / static_cast<double>(p.categories.size()));
    } else if (varies(p)) {
      numbers_.push_back(i);
    }
  }
  const auto n = static_cast<Eigen::Index>(numbers_.size());
  mean_.resize(n);
  for (std::size_t j = 0; j < numbers_.size(); ++j) mean_[static_cast<Eigen::Index>(j)] = middle[numbers_[j]];
  stretch_ = Eigen::VectorXd::Ones(n);
  path_step_ = path_shape_ = Eigen::VectorXd::Zero(n);
  factor_ = Eigen::MatrixXd::Zero(n, n);
  factor_.diagonal().setOnes();
}

search_distribution search_distribution::around(const space& domain, const std::vector<const assignments*>& best,
                                                double width) {
  std::vector<std::vector<double>> at;
  std::vector<double> middle(domain.size(), 0);
  for (const auto* x : best) {
    at.push_back(domain.to_unit(*x));
    for (std::size_t i = 0; i < middle.size(); ++i) middle[i] += at.back()[i] / static_cast<double>(best.size());
  }
  search_distribution out(domain, middle, width);
  const auto n = static_cast<Eigen::Index>(out.numbers_.size());
  if (n == 0) return out;
  Eigen::MatrixXd shape = Eigen::MatrixXd::Zero(n, n);
  for (const auto& u : at) {
    Eigen::VectorXd d(n);
    for (Eigen::Index j = 0; j < n; ++j) d[j] = u[out.numbers_[static_cast<std::size_t>(j)]] - out.mean_[j];
    shape += d * d.transpose() / static_cast<double>(at.size());
  }
  // Few points span too little, so each stands for its surroundings.
  const double spread = std::sqrt(shape.trace() / static_cast<double>(n));
  const double around_each = at.size() > 1 ? std::max(surroundings * spread, width) : width;
  shape.diagonal().array() += around_each * around_each;
  const Eigen::LLT<Eigen::MatrixXd> root(shape);
  out.factor_ = root.matrixL();
  out.step_ = std::exp(out.factor_.diagonal().array().log().mean());
  out.factor_ /= out.step_;
  return out;
}

std::size_t search_distribution::usual_population(const space& domain) {
  const auto varying = std::ranges::count_if(
      domain.dimensions(), [](const parameter& p) { return p.type == parameter_type::categorical || varies(p); });
  const auto d = std::max<std::size_t>(1, static_cast<std::size_t>(varying));
  return 4 + static_cast<std::size_t>(3 * std::log(static_cast<double>(d)));
}

double search_distribution::deviation(std::size_t j) const {
  const auto row = static_cast<Eigen::Index>(j);
  return step_ * stretch_[row] * factor_.row(row).norm();
}

assignments search_distribution::draw(random_source& random) const {
  std::vector<double> u(domain_->size(), 0.5);
  Eigen::VectorXd z(mean_.size());
  for (double& v : z) v = random.normal();
  const Eigen::VectorXd at = mean_ + step_ * stretch_.cwiseProduct(factor_.triangularView<Eigen::Lower>() * z);
  for (std::size_t j = 0; j < numbers_.size(); ++j)
    u[numbers_[j]] = std::clamp(at[static_cast<Eigen::Index>(j)], 0.0, 1.0);
  for (std::size_t c = 0; c < categories_.size(); ++c) {
    const auto& q = chances_[c];
    double left = random.uniform();
    std::size_t k = 0;
    while (k + 1 < q.size() && left >= q[k]) left -= q[k++];
    u[categories_[c]] = (static_cast<double>(k) + 0.5) / static_cast<double>(q.size());
  }
  return domain_->from_unit(u);
}

double search_distribution::coordinate(std::size_t j, double value, random_source& random) const {
  const auto i = numbers_[j];
  const double mean = mean_[static_cast<Eigen::Index>(j)], u = random.uniform();
  if (std::isnan(value)) return mean + deviation(j) * quantile(u);
  if (!discrete(domain_->dimensions()[i])) return domain_->to_unit(i, value);
  const auto own = domain_->cell_of(i, value);
  return between(mean, deviation(j), own.low, own.high, u);
}

void search_distribution::learn(const std::vector<const assignments*>& points, const std::vector<std::size_t>& places,
                                random_source& random) {
  const auto n = static_cast<double>(std::max<std::size_t>(1, numbers_.size()));
  const rates r(points.size(), n);
  const auto w = assigned(r.weights, places, random);
  learn_categories(points, w);
  if (numbers_.empty()) return;

  const auto rows = mean_.size(), lambda = static_cast<Eigen::Index>(points.size());
  Eigen::MatrixXd y(rows, lambda);
  for (Eigen::Index k = 0; k < lambda; ++k)
    for (Eigen::Index j = 0; j < rows; ++j) {
      const auto at = static_cast<std::size_t>(j);
      const double u = coordinate(at, points[static_cast<std::size_t>(k)]->values[numbers_[at]], random);
      y(j, k) = (u - mean_[j]) / (step_ * stretch_[j]);
    }
  Eigen::MatrixXd z = factor_.triangularView<Eigen::Lower>().solve(y);
  const double longest = std::sqrt(n) + 2 * n / (n + 2);
  Eigen::VectorXd toward = Eigen::VectorXd::Zero(rows), toward_z = toward;
  double total = 0;
  for (Eigen::Index k = 0; k < lambda; ++k) {
    const double length = z.col(k).norm();
    if (length > longest) {
      y.col(k) *= longest / length;
      z.col(k) *= longest / length;
    }
    total += w[static_cast<std::size_t>(k)];
    if (const double up = w[static_cast<std::size_t>(k)]; up > 0) {
      toward += up * y.col(k);
      toward_z += up * z.col(k);
    }
  }
  ++generations_;
  path_step_ = (1 - r.c_step) * path_step_ + std::sqrt(r.c_step * (2 - r.c_step) * r.mass) * toward_z;
  const double length = path_step_.norm();
  const double settled = std::sqrt(1 - std::pow(1 - r.c_step, 2 * generations_));
  const double h = length / settled < (1.4 + 2 / (n + 1)) * r.length ? 1 : 0;
  path_shape_ = (1 - r.c_path) * path_shape_ + h * std::sqrt(r.c_path * (2 - r.c_path) * r.mass) * toward;
  const double kept = 1 + r.c_one * (1 - h) * r.c_path * (2 - r.c_path) - r.c_one - r.c_mu * total;
  Eigen::MatrixXd shape = Eigen::MatrixXd::Zero(rows, rows);  // its lower half
  auto add = [&](double weight, const auto& columns) {
    shape.selfadjointView<Eigen::Lower>().rankUpdate(columns, weight);
  };
  add(kept, factor_);
  add(r.c_one, path_shape_);
  for (Eigen::Index k = 0; k < lambda; ++k) {
    double weight = w[static_cast<std::size_t>(k)];
    const double square = z.col(k).squaredNorm();
    if (weight < 0) weight *= n / std::max(square, 1e-12);
    // A point so near that its weight would outgrow its shape says nothing of where not to go.
    if (weight > 0 || square > 1e-6) add(r.c_mu * weight, y.col(k));
  }
  mean_ = (mean_ + step_ * stretch_.cwiseProduct(toward)).cwiseMax(0.0).cwiseMin(1.0);
  const Eigen::LLT<Eigen::MatrixXd> root(shape);
  if (root.info() == Eigen::Success) factor_ = root.matrixL();  // else rounding spoiled it: the old shape serves on
  // Wider than the cube there is nothing to find.
  step_ *= std::exp(std::min(1.0, r.c_step / r.damping * (length / r.length - 1)));
  step_ = std::min(step_, 0.5 / std::sqrt(factor_.rowwise().squaredNorm().maxCoeff()));
  const auto all = static_cast<double>(numbers_.size() + categories_.size());
  keep_margin(1 / (all * static_cast<double>(points.size())));
}

/// Each chance moves towards the weight its category has among the better points. A chance never falls so low that all
/// dimensions together change less than every fourth time (Hamano et al. 2024).
void search_distribution::learn_categories(const std::vector<const assignments*>& points,
                                           const std::vector<double>& weights) {
  constexpr double rate = 0.25, unchanged = 0.73;
  for (std::size_t c = 0; c < categories_.size(); ++c) {
    auto& q = chances_[c];
    if (q.size() < 2) continue;
    std::vector<double> share(q.size(), 0);
    double total = 0;
    for (std::size_t k = 0; k < points.size(); ++k) {
      const double v = points[k]->values[categories_[c]];
      if (std::isnan(v) || weights[k] <= 0) continue;
      share[static_cast<std::size_t>(v)] += weights[k];
      total += weights[k];
    }
    const double others = static_cast<double>(q.size() - 1);
    const double least = (1 - std::pow(unchanged, 1 / static_cast<double>(categories_.size()))) / others;
    double sum = 0;
    for (std::size_t k = 0; k < q.size(); ++k) {
      // An inactive dimension counts for what it has been.
      q[k] = std::max(least, q[k] + rate * (share[k] - total * q[k]));
      sum += q[k];
    }
    // What the margin lent comes off those that have more than it.
    double above = 0;
    for (double v : q) above += v - least;
    for (double& v : q) v -= above > 0 ? (sum - 1) * (v - least) / above : 0;
  }
}

/// Every integer leaves its value with at least `chance`, half of it to each side (Hamano et al. 2022, section 4).
void search_distribution::keep_margin(double chance) {
  for (std::size_t j = 0; j < numbers_.size(); ++j) {
    const auto i = numbers_[j];
    if (!discrete(domain_->dimensions()[i])) continue;
    auto& mean = mean_[static_cast<Eigen::Index>(j)];
    const auto own = domain_->cell_of(i, domain_->from_unit(i, mean));
    const double wide = deviation(j);
    if (own.low <= 0 && own.high >= 1) continue;
    if (own.low <= 0 || own.high >= 1) {
      const double edge = own.low <= 0 ? own.high : own.low;
      const double reach = wide * quantile(1 - chance);
      if (std::abs(mean - edge) > reach) mean = edge + (mean < edge ? -reach : reach);
      continue;
    }
    const double below = phi((own.low - mean) / wide), above = phi((mean - own.high) / wide);
    const double least = chance / 2;
    if (below >= least && above >= least) continue;
    auto p_below = std::max(least, below), p_above = std::max(least, above);
    const double p_stay = std::max(least, 1 - below - above);
    // What was added is taken from those that have more than the least, in proportion.
    const double excess = 1 - p_below - p_above - p_stay, room = p_below + p_above + p_stay - 3 * least;
    p_below += excess / room * (p_below - least);
    p_above += excess / room * (p_above - least);
    const double z_below = quantile(1 - p_below), z_above = quantile(1 - p_above);
    if (!(z_below + z_above > 0)) continue;
    stretch_[static_cast<Eigen::Index>(j)] *= (own.high - own.low) / (wide * (z_below + z_above));
    mean = (own.low * z_above + own.high * z_below) / (z_below + z_above);
  }
}

std::optional<double> search_distribution::width() const {
  std::optional<double> out;
  for (std::size_t j = 0; j < numbers_.size(); ++j)
    if (!discrete(domain_->dimensions()[numbers_[j]])) out = std::max(out.value_or(0), deviation(j));
  return out;
}

double search_distribution::slimness() const {
  if (numbers_.empty()) return 1;
  return factor_.diagonal().maxCoeff() / factor_.diagonal().minCoeff();
}

bool search_distribution::sound() const {
  // The sum of squares of what is not finite is not, either, and where it overflows nothing is sound any more.
  auto finite = [](const auto& x) { return std::isfinite(x.squaredNorm()); };
  const bool all = finite(mean_) && finite(stretch_) && finite(path_step_) && finite(path_shape_) && finite(factor_) &&
                   std::isfinite(step_);
  if (!all || !(step_ > 0) || (stretch_.array() <= 0).any() || (factor_.diagonal().array() <= 0).any()) return false;
  for (const auto& q : chances_)
    for (double v : q)
      if (!(v >= 0 && v <= 1)) return false;
  return true;
}

void search_distribution::write(hint_writer& out) const {
  const auto n = mean_.size();
  for (const auto* v : {&mean_, &stretch_, &path_step_, &path_shape_}) out.numbers(v->data(), numbers_.size());
  // Most of the text is the factor; a share of its row's greatest is as much of an entry as the search depends on.
  for (Eigen::Index j = 0; j < n; ++j) {
    const double greatest = factor_.row(j).head(j + 1).cwiseAbs().maxCoeff();
    out.number(greatest);
    for (Eigen::Index k = 0; k <= j; ++k) out.fraction(factor_(j, k) / greatest);
  }
  out.number(step_);
  out.number(generations_);
  for (const auto& q : chances_) out.numbers(q.data(), q.size());
}

void search_distribution::read(hint_reader& in) {
  const auto n = mean_.size();
  for (auto* v : {&mean_, &stretch_, &path_step_, &path_shape_}) in.numbers(v->data(), numbers_.size());
  Eigen::RowVectorXd shares(n);
  for (Eigen::Index j = 0; j < n; ++j) {
    const double greatest = in.number();
    in.fractions(shares.data(), static_cast<std::size_t>(j + 1));
    factor_.row(j).head(j + 1) = greatest * shares.head(j + 1);
  }
  step_ = in.number();
  generations_ = in.number();
  for (auto& q : chances_) in.numbers(q.data(), q.size());
}

}  // namespace vilfredo
