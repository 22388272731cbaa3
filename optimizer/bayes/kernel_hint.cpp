#include "optimizer/bayes/kernel_hint.hpp"

#include <cmath>

#include "optimizer/hint.hpp"

namespace vilfredo {

namespace {
constexpr const char* whose = "gp";
constexpr double most = 50;  // no logarithm that a fit gives is greater
}  // namespace

std::string write_kernel_hint(const std::vector<fitted_kernel>& models) {
  hint_writer out(whose);
  out.count(models.size());
  out.count(models.empty() ? 0 : models[0].parameters.log_scales.size());
  out.count(models.empty() ? 0 : models[0].parameters.warps.size());
  for (const auto& m : models) {
    out.count(m.observations);
    out.numbers(m.parameters.log_scales.data(), m.parameters.log_scales.size());
    out.number(m.parameters.log_signal);
    out.number(m.parameters.log_noise);
    out.numbers(m.parameters.warps.data(), m.parameters.warps.size());
  }
  return std::move(out).text();
}

std::optional<std::vector<fitted_kernel>> read_kernel_hint(const std::string& text, std::size_t models,
                                                           std::size_t scales, std::size_t warps) {
  hint_reader in(text, whose);
  if (in.count() != models || in.count() != scales || in.count() != warps) return std::nullopt;
  std::vector<fitted_kernel> out(models);
  bool sound = true;
  auto checked = [&](double logarithm) {
    sound = sound && std::abs(logarithm) <= most;
    return logarithm;
  };
  for (auto& m : out) {
    m.observations = in.count();
    for (std::size_t i = 0; i < scales; ++i) m.parameters.log_scales.push_back(checked(in.number()));
    m.parameters.log_signal = checked(in.number());
    m.parameters.log_noise = checked(in.number());
    for (std::size_t i = 0; i < warps; ++i) m.parameters.warps.push_back(checked(in.number()));
  }
  if (!in.ended() || !sound) return std::nullopt;
  return out;
}

}  // namespace vilfredo
