#include "loans/applications.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <fstream>
#include <limits>
#include <map>
#include <numeric>
#include <optional>
#include <random>
#include <stdexcept>

namespace loans {

namespace {

std::vector<std::string> cells(std::string line) {
  if (!line.empty() && line.back() == '\r') line.pop_back();
  std::vector<std::string> out(1);
  for (char c : line)
    if (c == ',')
      out.emplace_back();
    else
      out.back() += c;
  return out;
}

std::optional<double> number(const std::string& text) {
  double value = 0;
  auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (problem != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// One column as numbers, blanks as NaN.
std::vector<float> coded(const std::vector<std::string>& column) {
  std::map<std::string, float> ranks;
  for (const auto& cell : column)
    if (!cell.empty() && !number(cell)) ranks.emplace(cell, 0.F);
  float rank = 0;
  for (auto& [word, value] : ranks) value = rank++;
  std::vector<float> out;
  for (const auto& cell : column) {
    if (cell.empty())
      out.push_back(std::numeric_limits<float>::quiet_NaN());
    else if (auto value = number(cell); value && ranks.empty())
      out.push_back(static_cast<float>(*value));
    else
      out.push_back(ranks[cell]);
  }
  return out;
}

}  // namespace

applications applications::rows(const std::vector<std::size_t>& numbers) const {
  applications out;
  out.columns = columns;
  for (auto n : numbers) {
    auto first = features.begin() + static_cast<std::ptrdiff_t>(n * columns);
    out.features.insert(out.features.end(), first, first + static_cast<std::ptrdiff_t>(columns));
    out.bad.push_back(bad[n]);
    out.amount.push_back(amount[n]);
  }
  return out;
}

applications read_applications(const std::string& file) {
  std::ifstream in(file);
  if (!in) throw std::runtime_error(file + ": cannot be read; name the credit data with --data");
  std::string line;
  std::getline(in, line);
  const auto header = cells(line);
  std::vector<std::vector<std::string>> columns(header.size());
  for (std::size_t n = 2; std::getline(in, line); ++n) {
    auto row = cells(line);
    if (row.size() != header.size())
      throw std::runtime_error(file + ", line " + std::to_string(n) + ": " + std::to_string(row.size()) +
                               " cells where the header has " + std::to_string(header.size()));
    for (std::size_t c = 0; c < row.size(); ++c) columns[c].push_back(std::move(row[c]));
  }

  applications out;
  std::vector<std::vector<float>> features;
  for (std::size_t c = 0; c < header.size(); ++c) {
    auto& column = columns[c];
    if (header[c] == "Status") {
      for (std::size_t r = 0; r < column.size(); ++r) {
        if (column[r] != "good" && column[r] != "bad")
          throw std::runtime_error(file + ", line " + std::to_string(r + 2) + ": Status is \"" + column[r] +
                                   "\", neither good nor bad");
        out.bad.push_back(column[r] == "bad" ? 1.F : 0.F);
      }
      continue;
    }
    if (header[c] == "Amount") {
      for (std::size_t r = 0; r < column.size(); ++r) {
        auto amount = number(column[r]);
        if (!amount || *amount <= 0)
          throw std::runtime_error(file + ", line " + std::to_string(r + 2) + ": Amount is \"" + column[r] +
                                   "\", not a sum of money");
        out.amount.push_back(*amount);
      }
    }
    features.push_back(coded(column));
  }
  if (out.bad.empty() || out.amount.empty())
    throw std::runtime_error(file + ": needs a column Status, a column Amount and at least one application");
  out.columns = features.size();
  for (std::size_t r = 0; r < out.bad.size(); ++r)
    for (const auto& column : features) out.features.push_back(column[r]);
  return out;
}

split divide(const applications& all, int number) {
  std::vector<std::size_t> order(all.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  // std::shuffle may differ between standard libraries; the engine and this loop do not.
  std::mt19937_64 random(static_cast<std::uint64_t>(number));
  for (std::size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[random() % i]);
  const auto middle = order.begin() + static_cast<std::ptrdiff_t>(all.size() * 6 / 10);
  return {all.rows({order.begin(), middle}), all.rows({middle, order.end()})};
}

}  // namespace loans
