#include "io/fact_reader.hpp"

#include <array>
#include <cstdint>
#include <limits>

#include <nlohmann/json.hpp>

#include "io/definition_codec.hpp"
#include "io/definition_parts.hpp"
#include "io/json_text.hpp"

namespace vilfredo::io {

namespace {
/// One value of the text as a tree, for the parts that job files hold, too.
template <class Read>
void by_tree(json_cursor& in, Read read) {
  std::string_view text;
  auto at = in.offset();
  if (!in.skip(text)) return;
  auto tree = parse_json(text);
  if (!tree) {
    in.fail_at(at, tree.error().message);
    return;
  }
  std::optional<std::string> complaint;
  read(json_reader(*tree, complaint));
  if (complaint) in.fail_at(at, *complaint);
}
}  // namespace

void fact_reader::value(std::uint32_t& x) {
  auto at = in_.offset();
  std::uint64_t wide = 0;
  if (!in_.number(wide)) return;
  if (wide > std::numeric_limits<std::uint32_t>::max())
    in_.fail_at(at, "expected a whole number from 0 to 4294967295");
  else
    x = static_cast<std::uint32_t>(wide);
}

void fact_reader::value(bool& x) {
  x = in_.peek() == 't';
  in_.word(x ? "true" : "false");
}

void fact_reader::value(double& x) {
  switch (in_.peek()) {
  case 'n':
    in_.word("null");
    x = absent;
    break;
  case '"': {
    auto at = in_.offset();
    std::string text;
    in_.string(text);
    if (text == "inf" || text == "-inf")
      x = text == "inf" ? std::numeric_limits<double>::infinity() : -std::numeric_limits<double>::infinity();
    else
      in_.fail_at(at, "expected a number, null, \"inf\" or \"-inf\"");
    break;
  }
  default: in_.number(x);
  }
}

void fact_reader::value(time_point& x) {
  auto at = in_.offset();
  if (in_.peek() == '"') {
    std::string text;
    in_.string(text);
    if (text != "forever") in_.fail_at(at, "expected milliseconds since 1970 or \"forever\"");
    x = forever;
    return;
  }
  json_cursor::number_value n;
  if (!in_.number(n)) return;
  if (auto* ms = std::get_if<std::int64_t>(&n))
    x = time_point(duration(*ms));
  else
    in_.fail_at(at, "expected whole milliseconds since 1970");
}

template <class T>
void fact_reader::choice(T& x, std::initializer_list<T> all) {
  auto at = in_.offset();
  std::string text;
  if (!in_.string(text)) return;
  for (T one : all)
    if (text == to_string(one)) {
      x = one;
      return;
    }
  in_.fail_at(at, "\"" + text + "\" is not known here; a newer version may have written it");
}

void fact_reader::value(origin& x) {
  choice(x, {origin::user, origin::design, origin::fresh, origin::stale, origin::fallback});
}

void fact_reader::value(return_cause& x) {
  choice(x, {return_cause::lease_expired, return_cause::worker_lost, return_cause::machine, return_cause::interrupted});
}

void fact_reader::value(std::vector<double>& x) {
  // Collected on the stack at first, so that a vector is allocated once and without slack: ledgers keep millions.
  std::array<double, 64> few;
  std::size_t count = 0;
  x.clear();
  if (!in_.open('[')) return;
  while (in_.more(']')) {
    double one = 0;
    value(one);
    if (count == few.size()) {
      x.insert(x.end(), few.begin(), few.end());
      count = 0;
    }
    few[count++] = one;
  }
  x.insert(x.end(), few.begin(), few.begin() + static_cast<std::ptrdiff_t>(count));
}

void fact_reader::value(std::vector<assignments>& x) {
  x.clear();
  if (!in_.open('[')) return;
  while (in_.more(']')) value(x.emplace_back());
}

void fact_reader::value(std::vector<std::uint32_t>& x) {
  x.clear();
  if (!in_.open('[')) return;
  while (in_.more(']')) value(x.emplace_back());
}

void fact_reader::value(std::shared_ptr<const definition>& x) {
  std::string_view text;
  auto at = in_.offset();
  if (!in_.skip(text)) return;
  auto tree = parse_json(text);
  auto read = tree ? read_definition(*tree) : result<definition>(tree.error());
  if (read)
    x = std::make_shared<const definition>(*std::move(read));
  else
    in_.fail_at(at, "definition: " + read.error().message);
}

void fact_reader::value(stop_rules& x) {
  by_tree(in_, [&](const json_reader& r) { x = read_stop_rules(r); });
}

void fact_reader::value(metadata_map& x) {
  by_tree(in_, [&](const json_reader& r) { x = read_metadata(r); });
}

void fact_reader::value(metadata& x) {
  if (in_.peek() == 'n') {
    in_.word("null");
    x = nullptr;
    return;
  }
  metadata_map all;
  value(all);
  x = std::make_shared<const metadata_map>(std::move(all));
}

}  // namespace vilfredo::io
