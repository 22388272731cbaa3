#include "app/reading.hpp"

#include <algorithm>

#include "core/closest.hpp"

namespace vilfredo::app {

namespace {
constexpr std::size_t most_listed = 10;

std::string listed(const std::vector<journal::entry>& known) {
  std::string out;
  for (std::size_t i = 0; i < std::min(known.size(), most_listed); ++i) out += (i ? ", " : "") + known[i].name;
  return known.size() > most_listed ? out + ", …" : out;
}
}  // namespace

result<experiment_id> choose(const std::vector<journal::entry>& known, const std::optional<std::string>& wanted,
                             const place& where) {
  if (known.empty())
    return error{errc::not_found, where.name() + " holds no experiment yet; vilfredo " +
                                      (where.remote() ? "submit creates one" : "run starts one")};
  if (!wanted) {
    if (known.size() == 1) return known.front().experiment;
    return error{errc::invalid, where.name() + " holds " + std::to_string(known.size()) +
                                    " experiments; name one of them: " + listed(known)};
  }
  std::optional<experiment_id> newest;
  for (const auto& e : known)
    if (e.name == *wanted && (!newest || *newest < e.experiment)) newest = e.experiment;
  if (newest) return *newest;
  for (const auto& e : known)
    if (std::to_string(e.experiment.number) == *wanted) return e.experiment;
  std::vector<std::string> names;
  for (const auto& e : known) names.push_back(e.name);
  auto hint = did_you_mean(*wanted, names);
  return error{errc::not_found, where.name() + " holds no experiment \"" + *wanted + "\"" +
                                    (hint.empty() ? "; it holds " + listed(known) : hint)};
}

result<std::vector<read_experiment>> read_all(const place& where) {
  auto opened = open_for_reading(where);
  if (!opened) return opened.error();
  auto known = (*opened)->list();
  if (!known) return known.error();
  std::vector<read_experiment> out;
  for (const auto& e : *known) {
    auto book = (*opened)->describe(e.experiment);
    if (!book) return book.error();
    out.push_back({e.experiment, *std::move(book)});
  }
  return out;
}

result<read_experiment> read_one(const place& where, const std::optional<std::string>& wanted) {
  auto opened = open_for_reading(where);
  if (!opened) return opened.error();
  auto known = (*opened)->list();
  if (!known) return known.error();
  auto id = choose(*known, wanted, where);
  if (!id) return id.error();
  auto book = (*opened)->describe(*id);
  if (!book) return book.error();
  return read_experiment{*id, *std::move(book)};
}

}  // namespace vilfredo::app
