#pragma once
#include <charconv>
#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include <nlohmann/json.hpp>

/// Two ways to write an object down: what fills one of them fills the other. A function that shows a thing is written
/// once, for either; what is asked for most is written as text without building a value of it first.
///
/// Both have the same calls: a field and its value, an object within, a list of objects within. The keys of an object
/// come in ascending order, as a JSON value sorts them.
namespace vilfredo::api {

/// Appends JSON as SigOpt writes it: indented by two, with what HTML knows escaped (\u0026 for &).
void append_text(std::string& to, std::string_view text);
void append_text(std::string& to, double x);
/// The same of a value: what the API answers.
std::string text_of(const nlohmann::json& x);

/// Writes text, which `end` finishes.
class text_object {
public:
  explicit text_object(std::string& to, int level = 0) : to_(to), level_(level) { to_ += '{'; }
  text_object(const text_object&) = delete;

  void operator()(std::string_view key, std::nullptr_t) { (begin(key), to_ += "null"); }
  void operator()(std::string_view key, std::integral auto x) {
    begin(key);
    if constexpr (std::same_as<decltype(x), bool>)
      to_ += x ? "true" : "false";
    else
      append_number(x);
  }
  void operator()(std::string_view key, double x) { (begin(key), append_text(to_, x)); }
  void operator()(std::string_view key, std::string_view x) { (begin(key), append_text(to_, x)); }
  void operator()(std::string_view key, const char* x) { (*this)(key, std::string_view(x)); }
  void operator()(std::string_view key, const std::string& x) { (*this)(key, std::string_view(x)); }

  template <class Fill>
  void object(std::string_view key, Fill fill) {
    begin(key);
    text_object in(to_, level_ + 1);
    fill(in);
    in.end();
  }
  /// `fill` is given a function that takes what fills the next object.
  template <class Fill>
  void list(std::string_view key, Fill fill) {
    begin(key);
    to_ += '[';
    bool first = true;
    fill([&](auto fill_one) {
      to_ += std::exchange(first, false) ? "\n" : ",\n";
      indent(level_ + 2);
      text_object one(to_, level_ + 2);
      fill_one(one);
      one.end();
    });
    if (!first) (to_ += '\n', indent(level_ + 1));
    to_ += ']';
  }
  void end() {
    if (!empty_) (to_ += '\n', indent(level_));
    to_ += '}';
  }

private:
  void indent(int level) { to_.append(static_cast<std::size_t>(2 * level), ' '); }
  void append_number(std::integral auto x) {
    char digits[24];
    to_.append(digits, std::to_chars(digits, digits + sizeof digits, x).ptr);
  }
  /// The comma, the line, its indent and the key.
  void begin(std::string_view key);

  std::string& to_;
  const int level_;
  bool empty_ = true;
};

/// Builds a value.
class value_object {
public:
  template <class T>
  void operator()(std::string_view key, const T& x) {
    put(key, nlohmann::json(x));
  }
  template <class Fill>
  void object(std::string_view key, Fill fill) {
    value_object in;
    fill(in);
    put(key, std::move(in).end());
  }
  template <class Fill>
  void list(std::string_view key, Fill fill) {
    nlohmann::json::array_t all;
    fill([&](auto fill_one) {
      value_object one;
      fill_one(one);
      all.push_back(std::move(one).end());
    });
    put(key, std::move(all));
  }
  nlohmann::json end() && { return std::move(all_); }

private:
  void put(std::string_view key, nlohmann::json x) {
    all_.insert_or_assign(all_.end(), std::string(key), std::move(x));
  }
  nlohmann::json::object_t all_;
};

}  // namespace vilfredo::api
