#pragma once
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

namespace vilfredo::io {

/// What an object may hold, and what people write instead, with the advice to give them.
struct known_keys {
  struct stranger {
    std::string_view key;
    std::string_view advice;  ///< the end of a sentence: `write "metrics"`
  };
  std::span<const std::string_view> keys;
  std::span<const stranger> strangers{};
};

/// A JSON value and its place, read by type.
///
/// Reading goes on after a mistake, with defaults, so that code reads straight through; the first complaint is kept,
/// and the caller asks for it once, at the end. A reader points at its parent: do not keep it longer.
class json_reader {
public:
  json_reader(const nlohmann::json& root, std::optional<std::string>& complaint)
      : value_(root), complaint_(complaint) {}

  /// Complains unless this is an object with none but these keys.
  void object(const known_keys& allowed) const;
  /// The value of a key; nothing when the key is absent or null.
  std::optional<json_reader> find(std::string_view key) const;
  /// The same, but complains when there is nothing: `key "name" is missing; ADVICE`.
  json_reader need(std::string_view key, std::string_view advice) const;

  double number() const;
  template <class T>
  T whole() const {
    return static_cast<T>(whole_up_to(std::numeric_limits<T>::max()));
  }
  bool boolean() const;
  /// `hint` ends the sentence for what is not text.
  std::string text(std::string_view hint = "") const;
  /// `strangers`: other words for the choices, with advice.
  template <class T>
  T one_of(std::initializer_list<std::pair<std::string_view, T>> choices,
           std::span<const known_keys::stranger> strangers = {}) const {
    auto given = text();
    for (const auto& [name, value] : choices)
      if (name == given) return value;
    std::vector<std::string> names;
    for (const auto& choice : choices) names.emplace_back(choice.first);
    not_one_of(given, names, strangers);
    return choices.begin()->second;
  }

  /// Calls `each(element)` for a list, `each(key, value)` for an object of any keys.
  template <class F>
  void elements(F each, std::string_view hint = "") const {
    if (!is_list(hint)) return;
    for (std::size_t i = 0; i < value_.size(); ++i) each(json_reader(value_[i], complaint_, this, {}, i));
  }
  template <class F>
  void entries(F each) const {
    if (!is_object()) return;
    for (const auto& [key, value] : value_.items()) each(key, json_reader(value, complaint_, this, key, 0));
  }

  const nlohmann::json& value() const { return value_; }
  /// `parameters[2].bounds.min`; empty at the root.
  std::string place() const;
  /// Keeps `PLACE: SENTENCE`, if it is the first complaint.
  void complain(std::string_view sentence) const;
  /// `expected WHAT, found …`
  void expected(std::string_view what, std::string_view hint = "") const;

private:
  json_reader(const nlohmann::json& value, std::optional<std::string>& complaint, const json_reader* parent,
              std::string_view key, std::size_t index)
      : value_(value), complaint_(complaint), parent_(parent), key_(key), index_(index) {}

  std::uint64_t whole_up_to(std::uint64_t most) const;
  void not_one_of(const std::string& given, std::span<const std::string> choices,
                  std::span<const known_keys::stranger> strangers) const;
  bool is_list(std::string_view hint) const;
  bool is_object() const;

  const nlohmann::json& value_;
  std::optional<std::string>& complaint_;
  const json_reader* parent_ = nullptr;
  std::string_view key_;  // empty: an element of a list
  std::size_t index_ = 0;
};

/// A value as a sentence may show it: JSON on one line, cut after some 40 characters.
std::string shown(const nlohmann::json& x);

}  // namespace vilfredo::io
