#include "optimizer/bayes/kernel_hint.hpp"

#include <cmath>
#include <cstdio>
#include <cstdlib>

// Grammar: "gp1" and, for each model, ";" rows ("," logarithm)*: the length scales', the signal's, the noise's.

namespace vilfredo {

namespace {
constexpr const char* version = "gp1";
constexpr double most = 50;  // no logarithm that a fit gives is greater
}  // namespace

std::string write_kernel_hint(const std::vector<fitted_kernel>& models) {
  std::string out = version;
  auto add = [&](double logarithm) {
    char text[32];
    std::snprintf(text, sizeof text, ",%.4f", logarithm);
    out += text;
  };
  for (const auto& m : models) {
    out += ";" + std::to_string(m.rows);
    for (double l : m.parameters.log_scales) add(l);
    add(m.parameters.log_signal);
    add(m.parameters.log_noise);
  }
  return out;
}

std::optional<std::vector<fitted_kernel>> read_kernel_hint(const std::string& text, std::size_t models,
                                                           std::size_t scales) {
  if (!text.starts_with(version)) return std::nullopt;
  const char* at = text.c_str() + 3;
  const char* const end = text.c_str() + text.size();
  std::vector<fitted_kernel> out;
  while (at != end) {
    if (*at != ';' || out.size() == models) return std::nullopt;
    char* next = nullptr;
    fitted_kernel m;
    m.rows = std::strtoul(++at, &next, 10);
    if (next == at) return std::nullopt;
    at = next;
    std::vector<double> logs;
    while (at != end && *at == ',') {
      const double value = std::strtod(++at, &next);
      if (next == at || !(std::abs(value) <= most)) return std::nullopt;
      at = next;
      logs.push_back(value);
    }
    if (logs.size() != scales + 2) return std::nullopt;
    m.parameters = {{logs.begin(), logs.end() - 2}, logs[scales], logs[scales + 1]};
    out.push_back(std::move(m));
  }
  if (out.size() != models) return std::nullopt;
  return out;
}

}  // namespace vilfredo
