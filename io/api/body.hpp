#pragma once
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "core/metadata.hpp"
#include "io/http/message.hpp"

namespace vilfredo::api {

/// What one body may hold, besides its size. Each is named in the sentence that refuses what is beyond it.
struct body_limits {
  std::size_t levels = 64;                   ///< lists and objects inside each other; more than 64 are never read
  std::size_t text_bytes = 8 * 1024 * 1024;  ///< of one text or key, as it is written between its quotes
  std::size_t number_bytes = 1100;           ///< of one number; any double, written out to its last digit, is shorter
};

/// Throws a refusal for the first thing in this JSON that is beyond a limit. Of text that is no JSON it only promises
/// to end; it is looked at before it is read, so that reading costs no more than the limits allow.
void check_limits(std::string_view text, const body_limits& within);

/// The JSON object in a request's body; an empty one without a body, or when it is of a type that is no JSON. Throws a
/// refusal for what is beyond the limits, no JSON, no object, or has a key twice.
nlohmann::json read_body(const http::request& from, const body_limits& within);

/// An object of a request, read key by key. Everything throws a refusal (400) that names the key; keys that are null
/// count as absent unless asked for otherwise.
class body {
public:
  /// `keys`: all that it may have; none: any.
  explicit body(const nlohmann::json& object, std::initializer_list<std::string_view> keys = {});

  /// Present, even as null.
  bool has(std::string_view key) const { return object_.contains(key); }
  /// Null for what is absent.
  const nlohmann::json* find(std::string_view key) const;
  const nlohmann::json& need(std::string_view key) const;

  std::optional<std::string> text(std::string_view key, std::size_t least = 0,
                                  std::size_t most = std::numeric_limits<std::size_t>::max()) const;
  std::optional<std::int64_t> integer(std::string_view key,
                                      std::int64_t least = std::numeric_limits<std::int64_t>::min()) const;
  std::optional<double> number(std::string_view key) const;
  std::optional<bool> boolean(std::string_view key) const;
  /// An id: digits, as a number or in quotes.
  std::optional<std::uint64_t> id(std::string_view key) const;
  const nlohmann::json* object(std::string_view key) const;
  const nlohmann::json* list(std::string_view key) const;
  /// By the rule for metadata: at most `most_keys` texts and numbers, nulls dropped.
  std::optional<metadata> notes(std::string_view key, std::size_t most_keys = 100) const;

  const nlohmann::json& value() const { return object_; }

private:
  const nlohmann::json& object_;
};

[[noreturn]] void wrong_type(std::string_view key, const nlohmann::json& found, std::string_view expected);
/// A JSON value on one line, cut where it is long.
std::string brief(const nlohmann::json& x);

/// A text without control characters, and without blanks at its ends; throws when it is not `least` to `most`
/// characters.
std::string checked_name(std::string_view key, std::string_view text, std::size_t least, std::size_t most);

}  // namespace vilfredo::api
