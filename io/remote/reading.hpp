#pragma once
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <type_traits>

#include <nlohmann/json.hpp>

#include "core/error.hpp"
#include "io/http/message.hpp"

/// Parts of answers.
namespace vilfredo::remote {

/// What comes from another program, or another version.
error strange(const std::string& whom, const std::string& how);

/// The object that was answered, or why there is none.
result<nlohmann::json> read_object(const http::response& got, const std::string& whom);

/// A field of this type, if it is there.
template <class T>
std::optional<T> field(const nlohmann::json& from, const char* name) {
  auto found = from.find(name);
  if (found == from.end()) return std::nullopt;
  if constexpr (std::is_same_v<T, bool>) {
    if (!found->is_boolean()) return std::nullopt;
  } else if constexpr (std::is_same_v<T, std::string>) {
    if (!found->is_string()) return std::nullopt;
  } else {
    if (!found->is_number_integer() || (!found->is_number_unsigned() && *found < 0)) return std::nullopt;
    if (found->get<std::uint64_t>() > std::numeric_limits<T>::max()) return std::nullopt;
  }
  return found->get<T>();
}

/// A number of 64 bits, which JSON's readers would round, as text.
std::optional<std::uint64_t> number_in_text(const nlohmann::json& from, const char* name);

}  // namespace vilfredo::remote
