#include "io/fact_codec.hpp"

#include <bit>
#include <cstdint>

#include "io/fact_fields.hpp"
#include "io/fact_reader.hpp"
#include "io/fact_writer.hpp"
#include "io/json_text.hpp"

/// fact   = {"event": NAME, FIELD: VALUE, …}       the fields of fact_fields.hpp, those at their default left out
/// VALUE  = number | text | true | false | list of numbers | the JSON of job files (definition, stop_when, metadata)
namespace vilfredo::io {

namespace {

/// Whether a field may be left out. To the bit: −0 is not 0.
template <class T>
bool usual(const T& x, const T& otherwise) {
  if constexpr (std::is_same_v<T, double>)
    return std::bit_cast<std::uint64_t>(x) == std::bit_cast<std::uint64_t>(otherwise);
  else if constexpr (requires { x.has_value(); })
    return !x;
  else if constexpr (requires { x.empty(); })
    return x.empty();
  else if constexpr (requires { x.values; })
    return false;  // always required
  else if constexpr (requires { x.use_count(); })
    return !x;
  else
    return x == otherwise;
}

template <class E>
void write(const E& x, std::string& out) {
  static const E defaults{};
  const auto& body = fact_body(x);
  const auto& otherwise = fact_body(defaults);
  fact_writer writer(out);
  auto one = [&](const auto& f) {
    const auto& value = body.*f.member;
    if (!f.required && usual(value, otherwise.*f.member)) return;
    out += ",\"";
    out += f.name;
    out += "\":";
    writer.value(value);
  };
  out += R"({"event":")";
  out += fact_shape<E>::name;
  out += '"';
  std::apply([&](const auto&... f) { (one(f), ...); }, fact_shape<E>::fields);
  out += '}';
}

/// Fields mostly come in the order they are written, so a pass over the list reads them all without a search; whatever
/// the order, each further pass reads at least one, or else the key is not known.
template <class E>
void read(json_cursor& in, E& x) {
  auto& body = fact_body(x);
  fact_reader reader(in);
  std::string scratch;
  std::string_view key;
  std::uint32_t seen = 0;
  bool pending = false;
  auto next = [&] {
    do pending = in.more('}') && in.key(key, scratch);
    while (pending && key == "event" && [&] {
      std::string_view name;
      return in.skip(name);
    }());
    pending = pending && !in.failed();
  };
  if (!in.open('{')) return;
  next();
  bool moved = true;
  while (pending && moved) {
    moved = false;
    std::uint32_t bit = 1;
    auto one = [&](const auto& f) {
      if (pending && key == f.name && !(seen & bit)) {
        seen |= bit;
        reader.value(body.*f.member);
        moved = true;
        next();
      }
      bit <<= 1;
    };
    std::apply([&](const auto&... f) { (one(f), ...); }, fact_shape<E>::fields);
  }
  if (pending) in.fail("field \"" + std::string(key) + "\" is given twice, or a newer version has written it");
  std::uint32_t bit = 1;
  auto check = [&](const auto& f) {
    if (f.required && !(seen & bit)) in.fail("field \"" + std::string(f.name) + "\" is missing");
    bit <<= 1;
  };
  std::apply([&](const auto&... f) { (check(f), ...); }, fact_shape<E>::fields);
  in.end();
}

template <std::size_t I>
bool read_if(std::string_view name, json_cursor& in, events::event& out) {
  using E = std::variant_alternative_t<I, events::event>;
  if (name != fact_shape<E>::name) return false;
  read(in, out.emplace<I>());
  return true;
}

template <std::size_t... I>
bool read_named(std::string_view name, json_cursor& in, events::event& out, std::index_sequence<I...>) {
  return (read_if<I>(name, in, out) || ...);
}

/// At most so many bytes, and only as far as it is UTF-8: damaged text must not damage what shows the error.
std::string excerpt(std::string_view text, std::size_t most) {
  auto cut = text.substr(0, most);
  cut = cut.substr(0, first_not_utf8(cut));
  return std::string(cut) + (cut.size() < text.size() ? "…" : "");
}

error refuse(std::string_view text, const std::string& why) {
  return {errc::internal, "a fact cannot be read: " + excerpt(why, 300) + " (" + excerpt(text, 200) + ")"};
}

/// The value of the key "event"; it comes first unless another program has rewritten the text.
std::string event_name(json_cursor in) {
  std::string scratch, name;
  std::string_view key, skipped;
  if (!in.open('{')) return {};
  while (in.more('}') && in.key(key, scratch)) {
    if (key == "event") {
      in.string(name);
      return name;
    }
    in.skip(skipped);
  }
  return {};
}

}  // namespace

std::string encode(const events::event& x) {
  std::string out;
  out.reserve(256);
  std::visit([&](const auto& e) { write(e, out); }, x);
  return out;
}

result<events::event> decode(std::string_view text) {
  json_cursor in(text, json_style::facts);
  auto name = event_name(in);
  events::event out;
  constexpr auto all = std::make_index_sequence<std::variant_size_v<events::event>>{};
  if (name.empty()) return refuse(text, "it has no key \"event\"");
  if (!read_named(name, in, out, all))
    return refuse(text, "event \"" + name + "\" is not known; a newer version may have written it");
  if (const auto& failed = in.what_failed())
    return refuse(text, failed->sentence + " at byte " + std::to_string(failed->offset));
  return out;
}

}  // namespace vilfredo::io
