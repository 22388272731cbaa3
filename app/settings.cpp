#include "app/settings.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <fstream>
#include <iterator>
#include <limits>
#include <sstream>

#include <nlohmann/json.hpp>

#include "core/closest.hpp"
#include "core/text.hpp"
#include "io/json_text.hpp"

namespace vilfredo::app {

namespace {
using complaint = std::optional<std::string>;

template <class T>
bool parse(const std::string& text, T& out) {
  auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), out);
  return failed == std::errc{} && end == text.data() + text.size();
}

/// `in` picks the member: a lambda that takes the options, const or not.
template <class In>
setting text(std::string key, In in, std::string help, std::string takes) {
  return {std::move(key), std::move(help), std::move(takes),
          [in](serve_options& o, const std::string& x) {
            in(o) = x;
            return complaint{};
          },
          [in](const serve_options& o) { return in(o); }};
}

template <class In>
setting whole(std::string key, In in, std::uint64_t least, std::uint64_t most, std::string help) {
  return {std::move(key), std::move(help), "N",
          [=](serve_options& o, const std::string& x) -> complaint {
            std::uint64_t value = 0;
            if (!parse(x, value) || value < least || value > most)
              return "must be a whole number from " + std::to_string(least) + " to " + std::to_string(most);
            in(o) = static_cast<std::decay_t<decltype(in(o))>>(value);
            return {};
          },
          [in](const serve_options& o) { return std::to_string(in(o)); }};
}

template <class In>
setting rate(std::string key, In in, std::string help) {
  return {std::move(key), std::move(help), "N",
          [in](serve_options& o, const std::string& x) -> complaint {
            double value = 0;
            if (!parse(x, value) || !(value >= 0) || !std::isfinite(value))
              return "must be a number that is not negative";
            in(o) = value;
            return {};
          },
          [in](const serve_options& o) { return vilfredo::text::number(in(o)); }};
}

template <class In>
setting seconds(std::string key, In in, std::string help) {
  return {std::move(key), std::move(help), "SECONDS",
          [in](serve_options& o, const std::string& x) -> complaint {
            double value = 0;
            if (!parse(x, value) || !(value >= 0.001 && value <= 86'400))
              return "must be a time from 0.001 to 86400 seconds";
            in(o) = duration{static_cast<std::int64_t>(std::llround(value * 1000))};
            return {};
          },
          [in](const serve_options& o) { return vilfredo::text::number(static_cast<double>(in(o).count()) / 1000); }};
}

template <class In>
setting yes_or_no(std::string key, In in, std::string help) {
  return {std::move(key), std::move(help), "",
          [in](serve_options& o, const std::string& x) -> complaint {
            if (x != "true" && x != "false") return "must be true or false";
            in(o) = x == "true";
            return {};
          },
          [in](const serve_options& o) { return std::string(in(o) ? "true" : "false"); }};
}

template <class In, class T>
setting choice(std::string key, In in, std::vector<std::pair<std::string, T>> known, std::string help) {
  std::string names;
  for (const auto& [name, value] : known) names += (names.empty() ? "" : ", ") + name;
  return {std::move(key), std::move(help), "NAME",
          [=](serve_options& o, const std::string& x) -> complaint {
            auto found = std::ranges::find(known, x, &std::pair<std::string, T>::first);
            if (found == known.end()) return "must be one of " + names;
            in(o) = found->second;
            return {};
          },
          [=](const serve_options& o) {
            return std::ranges::find(known, in(o), &std::pair<std::string, T>::second)->first;
          }};
}

template <class T>
auto own(T serve_options::*member) {
  return [member](auto& o) -> auto& { return o.*member; };
}
template <class T>
auto limit(T http::limits::*member) {
  return [member](auto& o) -> auto& { return o.within.*member; };
}
template <class T>
auto content(T api::body_limits::*member) {
  return [member](auto& o) -> auto& { return o.body.*member; };
}

std::vector<setting> made() {
  constexpr std::uint64_t gib = std::uint64_t{1} << 30;
  const std::vector<std::pair<std::string, log::format>> formats{{"text", log::format::text},
                                                                 {"json", log::format::json}};
  std::vector<std::pair<std::string, log_level>> levels;
  for (auto x : {log_level::error, log_level::warning, log_level::notice, log_level::info})
    levels.emplace_back(to_string(x), x);
  return {
      text("store", own(&serve_options::store), "The database file", "FILE"),
      text("address", own(&serve_options::address), "Where to listen; others reach 0.0.0.0 or ::", "IP"),
      whole("port", own(&serve_options::port), 0, 65'535, "0: one that is free"),
      yes_or_no("plain", own(&serve_options::plain), "Listen without TLS on an address that others can reach"),
      text("tls_certificate", own(&serve_options::tls_certificate), "For HTTPS: a PEM file, read again on SIGHUP",
           "FILE"),
      text("tls_key", own(&serve_options::tls_key), "Its private key, a PEM file", "FILE"),
      text("token_file", own(&serve_options::token_file),
           "Holds the first token; made where it is missing (none: it is shown once)", "FILE"),
      whole("optimizers", own(&serve_options::optimizers), 1, 64, "Threads that plan"),
      whole("http_threads", own(&serve_options::http_threads), 1, 64, "Threads that read and write"),
      whole("api_threads", own(&serve_options::api_threads), 1, 64, "Threads that make answers"),
      rate("most_reads", own(&serve_options::most_reads), "Requests that only read, a second and token; 0: no limit"),
      rate("most_writes", own(&serve_options::most_writes), "The same for those that change something"),
      whole("connections", limit(&http::limits::connections), 1, 1'000'000, "Open at a time"),
      whole("target_bytes", limit(&http::limits::target_bytes), 64, gib, "Of a request's path and query"),
      whole("header_bytes", limit(&http::limits::header_bytes), 256, gib, "Of a request's first line and headers"),
      whole("header_fields", limit(&http::limits::header_fields), 4, 100'000, "Headers of a request"),
      whole("body_bytes", limit(&http::limits::body_bytes), 1, gib, "Of a request's body"),
      whole("bodies_bytes", limit(&http::limits::bodies_bytes), 0, std::uint64_t{1} << 40,
            "Of all clients' long bodies that are here at a time"),
      whole("body_levels", content(&api::body_limits::levels), 1, 64, "Of its lists and objects inside each other"),
      whole("body_text_bytes", content(&api::body_limits::text_bytes), 64, gib, "Of one text in it"),
      whole("body_number_bytes", content(&api::body_limits::number_bytes), 24, gib, "Of one number in it"),
      whole("stream_bytes", limit(&http::limits::stream_bytes), 1024, gib,
            "That may wait for the reader of an event stream before it is dropped"),
      seconds("header_seconds", limit(&http::limits::header_time), "For a request's headers to arrive"),
      seconds("body_seconds", limit(&http::limits::body_time), "For its body to arrive"),
      seconds("idle_seconds", limit(&http::limits::idle_time), "Between two requests of a connection"),
      seconds("write_seconds", limit(&http::limits::write_time), "For a client to take 256 KiB of its answer"),
      seconds("stop_seconds", own(&serve_options::stop_time), "For what is under way when the daemon ends"),
      choice("log_format", own(&serve_options::log_format), formats, "text, or json: one object a line"),
      choice("log_level", own(&serve_options::log_most), levels,
             "error, warning, notice (what changes something, too) or info (each request, too)"),
      text("log_file", own(&serve_options::log_file), "Opened again on SIGHUP (none: standard error)", "FILE"),
  };
}

/// A file's value as the text that a flag would have.
complaint plain_value(const nlohmann::json& x, bool as_flag, std::string& out) {
  if (x.is_string() && !as_flag)
    out = x.get<std::string>();
  else if (x.is_boolean() == as_flag && (x.is_boolean() || x.is_number()))
    out = x.dump();
  else
    return as_flag ? "must be true or false" : "must be a text or a number";
  return {};
}

using values = std::map<std::string, std::string>;

result<values> read_file(const std::string& file) {
  auto wrong = [&](const std::string& what) { return error{errc::invalid, file + ": " + what}; };
  std::ifstream in(file);
  if (!in) return wrong("cannot be read; --config names the daemon's configuration");
  std::ostringstream content;
  content << in.rdbuf();
  auto all = io::parse_json(content.str(), io::json_style::relaxed);
  if (!all) return wrong(all.error().message);
  if (!all->is_object()) return wrong("expected an object of settings");
  values out;
  for (const auto& [key, value] : all->items()) {
    auto known = std::ranges::find(settings(), key, &setting::key);
    if (known == settings().end()) {
      std::vector<std::string> keys;
      for (const auto& s : settings()) keys.push_back(s.key);
      return wrong("there is no setting \"" + key + "\"" + did_you_mean(key, keys));
    }
    if (auto why = plain_value(value, known->takes.empty(), out[key]))
      return wrong("\"" + key + "\" " + *why + ", not " + value.dump());
  }
  return out;
}

error bad_value(const std::string& where, const std::string& why, const std::string& value) {
  return {errc::invalid, where + " " + why + ", not \"" + value + "\""};
}

}  // namespace

std::string setting::flag() const {
  auto out = "--" + key;
  std::ranges::replace(out, '_', '-');
  return out;
}

std::string setting::variable() const {
  std::string out = "VILFREDO_";
  for (char c : key) out += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  return out;
}

const std::vector<setting>& settings() {
  static const auto all = made();
  return all;
}

result<serve_options> settled(const values& flags, const std::function<const char*(const char*)>& environment,
                              const std::string& file) {
  values of_file;
  if (!file.empty()) {
    auto read = read_file(file);
    if (!read) return read.error();
    of_file = *std::move(read);
  }
  serve_options out;
  for (const auto& s : settings()) {
    // All are looked at, so that a slip is told even where something else goes before it.
    if (auto x = of_file.find(s.key); x != of_file.end())
      if (auto why = s.read(out, x->second)) return bad_value(file + ": \"" + s.key + "\"", *why, x->second);
    if (const char* x = environment(s.variable().c_str()); x && *x)
      if (auto why = s.read(out, x)) return bad_value(s.variable(), *why, x);
    if (auto x = flags.find(s.key); x != flags.end())
      if (auto why = s.read(out, x->second)) return bad_value(s.flag(), *why, x->second);
  }
  if (out.tls_certificate.empty() != out.tls_key.empty())
    return error{errc::invalid, "tls_certificate and tls_key belong together: give both or neither"};
  return out;
}

}  // namespace vilfredo::app
