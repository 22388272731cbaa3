#pragma once
#include <memory>
#include <string>
#include <vector>

#include "loans/applications.hpp"

namespace loans {

/// Rows handed to XGBoost once and used by any number of boosters.
class matrix {
public:
  /// With a weight for each row.
  matrix(const applications& rows, const std::vector<float>& weights);
  explicit matrix(const applications& rows);

  void* handle() const { return handle_.get(); }

private:
  std::shared_ptr<void> handle_;
};

/// Boosted trees that grow round by round, by XGBoost's C interface. Throws std::runtime_error with XGBoost's words.
class booster {
public:
  /// `known` are the matrices that it will be trained on or asked about; their predictions are kept up to date.
  explicit booster(const std::vector<const matrix*>& known);

  void set(const std::string& name, const std::string& value);
  void boost(int round, const matrix& train);
  std::vector<float> predict(const matrix& x) const;

private:
  std::shared_ptr<void> handle_;
};

}  // namespace loans
