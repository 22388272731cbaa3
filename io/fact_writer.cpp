#include "io/fact_writer.hpp"

#include <charconv>
#include <cmath>

#include <nlohmann/json.hpp>

#include "io/definition_codec.hpp"
#include "io/definition_parts.hpp"
#include "io/json_text.hpp"

namespace vilfredo::io {

namespace {
/// Definitions and their parts come from text that was checked, or from a program; its slips must not cost the fact.
std::string text_of(const nlohmann::json& x) {
  return x.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

template <class T>
void append_number(std::string& out, T x) {
  char buffer[32];
  out.append(buffer, std::to_chars(buffer, buffer + sizeof buffer, x).ptr);
}
}  // namespace

void fact_writer::value(std::uint64_t x) { append_number(out_, x); }

void fact_writer::value(double x) {
  if (std::isfinite(x))
    append_number(out_, x);
  else
    out_ += std::isnan(x) ? "null" : x > 0 ? "\"inf\"" : "\"-inf\"";
}

void fact_writer::value(std::string_view x) {
  constexpr char hex[] = "0123456789abcdef";
  out_ += '"';
  for (std::size_t from = 0; from <= x.size();) {
    auto rest = x.substr(from);
    auto good = rest.substr(0, first_not_utf8(rest));
    for (char c : good) {
      auto byte = static_cast<unsigned char>(c);
      if (c == '"' || c == '\\') {
        out_ += '\\';
        out_ += c;
      } else if (byte < 0x20) {
        out_ += "\\u00";
        out_ += hex[byte >> 4];
        out_ += hex[byte & 15];
      } else {
        out_ += c;
      }
    }
    if (good.size() == rest.size()) break;
    auto byte = static_cast<unsigned char>(rest[good.size()]);
    out_ += "\\udc";
    out_ += hex[byte >> 4];
    out_ += hex[byte & 15];
    from += good.size() + 1;
  }
  out_ += '"';
}

void fact_writer::value(time_point x) {
  if (x == forever)
    out_ += "\"forever\"";
  else
    append_number(out_, x.time_since_epoch().count());
}

void fact_writer::value(const std::shared_ptr<const definition>& x) { out_ += x ? text_of(to_json(*x)) : "null"; }

void fact_writer::value(const stop_rules& x) { out_ += text_of(to_json(x)); }

void fact_writer::value(const metadata_map& x) { out_ += text_of(to_json(x)); }

void fact_writer::value(const metadata& x) {
  if (x)
    value(*x);
  else
    out_ += "null";
}

}  // namespace vilfredo::io
