#include "bench/tables.hpp"
#include "bench/quantile.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "bench/npz.hpp"
#include "core/hypervolume.hpp"
#include "core/random.hpp"
#include "core/summary.hpp"
#include "tests/support/builders.hpp"

namespace vilfredo::bench {

namespace {

using json = nlohmann::json;

parameter read_parameter(const json& p) {
  if (p.at("type") == "categorical") return test::categorical(p.at("name"), p.at("values"));
  auto out = test::real(p.at("name"), p.at("min"), p.at("max"));
  if (p.at("type") == "int") out.type = parameter_type::integer;
  if (p.at("log").get<bool>()) out.scale = transformation::log;
  return out;
}

space_definition read_space(const json& x) {
  space_definition out;
  for (const auto& p : x.at("params")) {
    out.parameters.push_back(read_parameter(p));
    auto& last = out.parameters.back();
    if (auto found = x.at("conditions").find(last.name); found != x.at("conditions").end())
      for (const auto& [parent, values] : found->items()) last.conditions.push_back({parent, values});
  }
  return out;
}

/// What a configuration would have measured, at the last checkpoint.
struct measured {
  double error = 0, loss = 0, infer_us = 0, train_seconds = 0;
};

class table {
public:
  table(const std::string& base, const json& meta)
      : z_(read_npz(base + ".npz")), domain_(test::must(space::make(read_space(meta.at("space"))))) {}

  const space& domain() const { return domain_; }
  std::vector<double> column(const char* name) const {
    const auto& a = z_.at(name);
    const auto width = a.shape.size() > 1 ? a.shape[1] : 1;
    std::vector<double> out;
    for (std::size_t row = 0; row < a.shape[0]; ++row) out.push_back(a.values[row * width + width - 1]);
    return out;
  }

  /// The mean over the trees of the mean of the leaf's rows; of the logarithm for all but errors.
  measured at(const assignments& x) const {
    measured out;
    for_each_row(encoded(x), [&](std::size_t row, double weight) {
      out.error += weight * error_[row];
      out.loss += weight * log(loss_[row]);
      out.infer_us += weight * log(infer_[row]);
      out.train_seconds += weight * log(train_[row]);
    });
    return {out.error, std::exp(out.loss), std::exp(out.infer_us), std::exp(out.train_seconds)};
  }

  std::size_t checkpoints() const { return z_.at("error").shape[1]; }
  /// The mean over the trees as above, at every checkpoint.
  learning_curve train(const assignments& x, bool by_loss) const {
    const auto& error = z_.at("error").values;
    const auto& loss = z_.at("loss").values;
    const auto& seconds = z_.at("train_seconds").values;
    const auto width = checkpoints();
    learning_curve out{std::vector<double>(width, 0), std::vector<double>(width, 0)};
    for_each_row(encoded(x), [&](std::size_t row, double weight) {
      for (std::size_t c = 0; c < width; ++c) {
        const auto at = row * width + c;
        out.losses[c] += weight * (by_loss ? log(loss[at]) : error[at]);
        out.seconds[c] += weight * log(seconds[at]);
      }
    });
    for (std::size_t c = 0; c < width; ++c) {
      if (by_loss) out.losses[c] = std::exp(out.losses[c]);
      out.seconds[c] = std::exp(out.seconds[c]);
      // Means of logarithms over different rows need not rise, but time does.
      if (c > 0) out.seconds[c] = std::max(out.seconds[c], out.seconds[c - 1]);
    }
    return out;
  }

private:
  /// Calls `each(row, weight)` for the rows in the leaves of an encoded configuration.
  template <class F>
  void for_each_row(const std::vector<float>& e, F each) const {
    const auto& roots = z_.at("forest_root").values;
    for (double root : roots) {
      auto k = static_cast<std::size_t>(root);
      while (feature_[k] >= 0)
        k = static_cast<std::size_t>(e[static_cast<std::size_t>(feature_[k])] <= threshold_[k] ? left_[k] : right_[k]);
      const auto start = static_cast<std::size_t>(leaf_[2 * k]), count = static_cast<std::size_t>(leaf_[2 * k + 1]);
      const double weight = 1 / static_cast<double>(count * roots.size());
      for (std::size_t i = start; i < start + count; ++i) each(static_cast<std::size_t>(rows_[i]), weight);
    }
  }

  static double log(double v) { return std::log(std::max(v, 1e-6)); }
  /// Numbers in [0, 1], categories one by one, −1 where inactive; in single precision, as the forest was grown.
  std::vector<float> encoded(const assignments& x) const {
    std::vector<float> out;
    for (std::size_t i = 0; i < domain_.size(); ++i) {
      const auto& p = domain_.dimensions()[i];
      const double v = x.values[i];
      if (p.type == parameter_type::categorical) {
        for (std::size_t k = 0; k < p.categories.size(); ++k)
          out.push_back(std::isnan(v) ? -1.0f : v == static_cast<double>(k) ? 1.0f : 0.0f);
      } else if (std::isnan(v)) {
        out.push_back(-1);
      } else if (p.scale == transformation::log) {
        out.push_back(static_cast<float>((std::log(v) - std::log(p.min)) / (std::log(p.max) - std::log(p.min))));
      } else {
        out.push_back(static_cast<float>((v - p.min) / (p.max - p.min)));
      }
    }
    return out;
  }

  std::map<std::string, array> z_;
  space domain_;
  const std::vector<double>&feature_ = z_.at("forest_feature").values, &threshold_ = z_.at("forest_threshold").values,
        &left_ = z_.at("forest_left").values, &right_ = z_.at("forest_right").values,
        &leaf_ = z_.at("forest_leafptr").values, &rows_ = z_.at("forest_rows").values;
  std::vector<double> error_ = column("error"), loss_ = column("loss"), infer_ = column("infer_us"),
                      train_ = column("train_seconds");
};

/// All that a long search saw, feasible or not: random points, then steps from the best in each of some directions.
std::vector<measured> searched(const table& t, bool by_loss) {
  constexpr int random_points = 20'000, rounds = 2000;
  random_source random(7);
  std::vector<double> u(t.domain().size());
  std::vector<std::pair<measured, std::vector<double>>> all;
  auto look = [&](const std::vector<double>& at) { all.emplace_back(t.at(t.domain().from_unit(at)), at); };
  for (int i = 0; i < random_points; ++i) {
    for (double& v : u) v = random.uniform();
    look(u);
  }
  for (double share : {0.0, 0.02, 0.05, 0.1, 0.3}) {  // how much a tenfold time of prediction may cost
    auto value = [&](const measured& m) { return (by_loss ? m.loss : m.error) + share * std::log10(m.infer_us); };
    auto best = *std::ranges::min_element(all, {}, [&](const auto& x) { return value(x.first); });
    for (int i = 0; i < rounds; ++i) {
      u = best.second;
      const double reach = std::pow(10, -2 * random.uniform());
      for (double& v : u)
        if (random.uniform() < 0.3) v = std::clamp(v + reach * random.normal(), 0.0, 1.0);
      look(u);
      if (value(all.back().first) < value(best.first)) best = all.back();
    }
  }
  std::vector<measured> out;
  for (auto& x : all) out.push_back(x.first);
  return out;
}

void add_problems(std::vector<problem>& out, const std::string& folder, const std::string& name) {
  const auto base = folder + "/" + name;
  std::ifstream file(base + ".json");
  const auto meta = json::parse(file);
  const auto t = std::make_shared<const table>(base, meta);
  const bool by_loss = meta.at("model") == "xgb";  // its errors are a handful of steps
  auto target = [by_loss](const measured& m) { return by_loss ? m.loss : m.error; };
  const auto seen = searched(*t, by_loss);
  const double fast = median(t->column("infer_us")), brief = median(t->column("train_seconds"));
  definition d;
  d.name = name;
  d.space = t->domain().definition();

  problem single{name, "tables", d, [t, target](const assignments& x) { return std::vector{target(t->at(x))}; }, 1e300};
  single.what.metrics = {test::minimize("y")};
  problem limited{name + " in limits", "tables", d,
                  [t, target](const assignments& x) {
                    const auto m = t->at(x);
                    return std::vector{target(m), m.infer_us, m.train_seconds};
                  },
                  1e300};
  limited.what.metrics = {test::minimize("y"), test::keep_below("us", fast), test::keep_below("seconds", brief)};
  problem pair{name + ", time", "tables", d, [t, target](const assignments& x) {
                 const auto m = t->at(x);
                 return std::vector{target(m), std::log10(m.infer_us)};
               }};
  pair.what.metrics = {test::minimize("y"), test::minimize("us")};
  std::vector<double> targets, times;
  std::vector<std::vector<double>> points;
  for (const auto& m : seen) {
    single.best = std::min(single.best, target(m));
    if (m.infer_us <= fast && m.train_seconds <= brief) limited.best = std::min(limited.best, target(m));
    targets.push_back(target(m));
    times.push_back(std::log10(m.infer_us));
    points.push_back({target(m), std::log10(m.infer_us)});
  }
  pair.worst = {median(targets), median(times)};
  pair.best = hypervolume(points, pair.worst);
  for (auto* p : {&single, &limited, &pair}) out.push_back(std::move(*p));
}

learning_problem learning_problem_of(const std::string& folder, const std::string& name) {
  const auto base = folder + "/" + name;
  std::ifstream file(base + ".json");
  const auto meta = json::parse(file);
  const auto t = std::make_shared<const table>(base, meta);
  const bool by_loss = meta.at("model") == "xgb";
  learning_problem out;
  out.name = name;
  out.what.name = name;
  out.what.space = t->domain().definition();
  out.what.metrics = {test::minimize("y")};
  out.checkpoints = t->checkpoints();
  out.train = [t, by_loss](const assignments& x) { return t->train(x, by_loss); };
  std::vector<double> last;
  for (const auto& m : searched(*t, by_loss)) last.push_back(by_loss ? m.loss : m.error);
  out.best = *std::ranges::min_element(last);
  last.resize(1000);  // of a search that begins with random points
  out.typical = median(last);
  return out;
}

std::vector<std::string> names_in(const std::string& folder) {
  std::vector<std::string> names;
  std::error_code fault;
  for (const auto& entry : std::filesystem::directory_iterator(folder, fault))
    if (entry.path().extension() == ".npz") names.push_back(entry.path().stem());
  std::ranges::sort(names);
  if (names.empty()) {
    std::cerr << folder << ": holds no tables (NAME.json and NAME.npz)\n";
    std::exit(1);
  }
  return names;
}

}  // namespace

std::vector<problem> table_problems(const std::string& folder) {
  std::vector<problem> out;
  for (const auto& name : names_in(folder)) add_problems(out, folder, name);
  return out;
}

std::vector<learning_problem> learning_problems(const std::string& folder) {
  std::vector<learning_problem> out;
  for (const auto& name : names_in(folder)) out.push_back(learning_problem_of(folder, name));
  return out;
}

}  // namespace vilfredo::bench
