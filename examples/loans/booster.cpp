#include "loans/booster.hpp"

#include <xgboost/c_api.h>

#include <limits>
#include <stdexcept>

namespace loans {

namespace {

void must(int result) {
  if (result != 0) throw std::runtime_error(std::string("XGBoost: ") + XGBGetLastError());
}

}  // namespace

matrix::matrix(const applications& rows) {
  DMatrixHandle made = nullptr;
  must(XGDMatrixCreateFromMat(rows.features.data(), rows.size(), rows.columns, std::numeric_limits<float>::quiet_NaN(),
                              &made));
  handle_ = {made, [](void* x) { XGDMatrixFree(x); }};
  must(XGDMatrixSetFloatInfo(made, "label", rows.bad.data(), rows.bad.size()));
}

matrix::matrix(const applications& rows, const std::vector<float>& weights) : matrix(rows) {
  must(XGDMatrixSetFloatInfo(handle(), "weight", weights.data(), weights.size()));
}

booster::booster(const std::vector<const matrix*>& known) {
  std::vector<DMatrixHandle> handles;
  for (const auto* m : known) handles.push_back(m->handle());
  BoosterHandle made = nullptr;
  must(XGBoosterCreate(handles.data(), handles.size(), &made));
  handle_ = {made, [](void* x) { XGBoosterFree(x); }};
}

void booster::set(const std::string& name, const std::string& value) {
  must(XGBoosterSetParam(handle_.get(), name.c_str(), value.c_str()));
}

void booster::boost(int round, const matrix& train) {
  must(XGBoosterUpdateOneIter(handle_.get(), round, train.handle()));
}

std::vector<float> booster::predict(const matrix& x) const {
  bst_ulong size = 0;
  const float* values = nullptr;
  must(XGBoosterPredict(handle_.get(), x.handle(), 0, 0, 0, &size, &values));
  return {values, values + size};
}

}  // namespace loans
