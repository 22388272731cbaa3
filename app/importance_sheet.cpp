#include "app/importance_sheet.hpp"

#include <algorithm>
#include <map>

#include "app/trials_sheet.hpp"
#include "optimizer/importance.hpp"

namespace vilfredo::app {

namespace {

constexpr std::size_t fewest = 10;  // a model of fewer says nothing

result<void> check_enough(const ledger& book) {
  auto done = book.summary().completed();
  if (done >= fewest) return {};
  return error{errc::invalid, "\"" + book.definition().name + "\" has " + std::to_string(done) +
                                  " completed trials; what decides can be told from " + std::to_string(fewest) + " on"};
}

/// The metrics in the order of their columns: those that are optimized first.
std::vector<std::size_t> ordered_metrics(const definition& d) {
  std::vector<std::size_t> out(d.metrics.size());
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = i;
  std::ranges::stable_sort(out, {}, [&](std::size_t i) { return d.metrics[i].strategy != strategy::optimize; });
  return out;
}

void sort_by_column(sheet& x, std::size_t column) {
  std::ranges::stable_sort(x.rows, std::ranges::greater{}, [&](const auto& row) {
    return row[column].is_number() ? row[column].template get<double>() : -1;
  });
}

}  // namespace

result<sheet> importance_sheet(const ledger& book) {
  if (auto enough = check_enough(book); !enough) return enough.error();
  const auto& d = book.definition();
  sheet out{{{"", "parameter"}}, {}};
  for (const auto& p : book.space().dimensions()) out.rows.push_back({p.name});
  for (auto m : ordered_metrics(d)) {
    out.columns.push_back({"importances", d.metrics[m].name});
    const auto shares = importances(d, book.space(), book.observations(), m);
    for (std::size_t i = 0; i < shares.size(); ++i) out.rows[i].push_back(cell(shares[i]));
  }
  sort_by_column(out, 1);
  return out;
}

result<sheet> pair_sheet(const ledger& book) {
  if (auto enough = check_enough(book); !enough) return enough.error();
  const auto& d = book.definition();
  const auto& names = book.space().dimensions();
  const auto metrics = ordered_metrics(d);
  sheet out{{{"", "first"}, {"", "second"}}, {}};
  std::map<std::pair<std::size_t, std::size_t>, std::size_t> row_of;
  for (std::size_t k = 0; k < metrics.size(); ++k) {
    out.columns.push_back({"together", d.metrics[metrics[k]].name});
    for (const auto& x : pair_importances(d, book.space(), book.observations(), metrics[k])) {
      auto [found, fresh] = row_of.try_emplace({x.first, x.second}, out.rows.size());
      if (fresh) {
        out.rows.push_back({names[x.first].name, names[x.second].name});
        out.rows.back().resize(2 + metrics.size());
      }
      out.rows[found->second][2 + k] = cell(x.together);
    }
  }
  sort_by_column(out, 2);
  return out;
}

}  // namespace vilfredo::app
