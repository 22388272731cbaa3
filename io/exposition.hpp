#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/histogram.hpp"

namespace vilfredo::io {

/// Writes measurements in Prometheus' text format, version 0.0.4.
///
///   text      = family*
///   family    = "# HELP " NAME " " HELP "\n# TYPE " NAME " " TYPE "\n" sample*
///   sample    = NAME [ "{" LABEL "=\"" VALUE "\"" { "," … } "}" ] " " NUMBER "\n"
///
/// A histogram's samples are NAME_bucket with the label `le`, rising and cumulated, NAME_sum and NAME_count.
class exposition {
public:
  using labels = std::vector<std::pair<std::string_view, std::string_view>>;

  /// What follows belongs to this family. Names and labels are the caller's own words: letters, digits, underscores.
  void counter(std::string_view name, std::string_view help) { begin(name, "counter", help); }
  void gauge(std::string_view name, std::string_view help) { begin(name, "gauge", help); }
  void distribution(std::string_view name, std::string_view help) { begin(name, "histogram", help); }

  void sample(double value, const labels& of = {});
  void sample(std::uint64_t value, const labels& of = {}) { sample(static_cast<double>(value), of); }
  void sample(const histogram& values, const labels& of = {});

  std::string take() { return std::move(out_); }

private:
  void begin(std::string_view name, std::string_view type, std::string_view help);
  void line(std::string_view suffix, const labels& of, std::string_view bound, double value);

  std::string name_, out_;
};

}  // namespace vilfredo::io
