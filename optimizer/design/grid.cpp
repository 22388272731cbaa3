#include "optimizer/design/grid.hpp"

#include <charconv>
#include <string>
#include <vector>

#include "optimizer/catalogue.hpp"
#include "optimizer/design/enumeration.hpp"
#include "optimizer/novelty.hpp"

// Grammar of the hint: "grid" { " " digit }, the position in the enumeration, one number a dimension.

namespace vilfredo {

namespace {

constexpr double usual_levels = 10;
constexpr option_description options[] = {
    {"levels", "integer",
     "values of a parameter without a grid: of a double, and of an int with more values; default 10", 1, 10'000}};
constexpr std::string_view hint_mark = "grid";

std::vector<std::size_t> read_hint(std::string_view hint) {
  std::vector<std::size_t> out;
  if (!hint.starts_with(hint_mark)) return out;
  hint.remove_prefix(hint_mark.size());
  while (hint.starts_with(' ')) {
    std::size_t digit = 0;
    auto [end, fault] = std::from_chars(hint.data() + 1, hint.data() + hint.size(), digit);
    if (fault != std::errc{}) return {};
    out.push_back(digit);
    hint.remove_prefix(static_cast<std::size_t>(end - hint.data()));
  }
  return hint.empty() ? out : std::vector<std::size_t>{};
}

}  // namespace

std::span<const option_description> grid_options() { return options; }

result<plan> suggest_grid(const plan_job& job) {
  constexpr std::size_t visits_between_looks = 10'000;
  novelty seen(job);
  enumeration walk(*job.space, static_cast<std::size_t>(number_option(job.sampler, "levels", usual_levels)));
  // Without a usable hint it starts over: what was observed or is pending is left out in any case.
  walk.resume(read_hint(job.hint));
  plan out;
  while (out.candidates.size() < job.count && !walk.exhausted()) {
    if (job.is_cancelled()) return error{errc::later, "cancelled"};
    auto x = walk.next(visits_between_looks);
    if (x && seen.is_new(*x)) out.candidates.push_back(*std::move(x));
  }
  out.last = walk.exhausted();
  out.hint = hint_mark;
  for (auto digit : walk.position()) out.hint += " " + std::to_string(digit);
  out.note = out.last ? "the end of the grid" : "the next points of the grid";
  return out;
}

}  // namespace vilfredo
