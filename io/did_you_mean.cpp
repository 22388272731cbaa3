#include "io/did_you_mean.hpp"

#include <algorithm>
#include <string>
#include <vector>

namespace vilfredo::io {

namespace {
constexpr std::size_t longest_word = 64;  // nobody misspells a longer one, and the distance costs its square

std::string plain(std::string_view x) {
  std::string out;
  for (char c : x) out += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c == '-' ? '_' : c;
  return out;
}

/// Optimal string alignment: Levenshtein's distance with swaps of neighbours.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::vector<std::size_t>> d(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
  for (std::size_t i = 0; i <= a.size(); ++i) d[i][0] = i;
  for (std::size_t j = 0; j <= b.size(); ++j) d[0][j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i)
    for (std::size_t j = 1; j <= b.size(); ++j) {
      std::size_t replaced = d[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      d[i][j] = std::min({d[i - 1][j] + 1, d[i][j - 1] + 1, replaced});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) d[i][j] = std::min(d[i][j], d[i - 2][j - 2] + 1);
    }
  return d[a.size()][b.size()];
}
}  // namespace

std::optional<std::string_view> did_you_mean(std::string_view word, std::span<const std::string_view> candidates) {
  if (word.empty() || word.size() > longest_word) return std::nullopt;
  auto given = plain(word);
  std::optional<std::string_view> best;
  std::size_t nearest = std::max<std::size_t>(1, word.size() / 3) + 1;
  for (auto c : candidates) {
    if (c.size() > longest_word) continue;
    if (auto d = distance(given, plain(c)); d < nearest) {
      nearest = d;
      best = c;
    }
  }
  return best;
}

}  // namespace vilfredo::io
