#pragma once
#include <string>
#include <type_traits>

#include <nlohmann/json.hpp>

#include "core/error.hpp"

namespace vilfredo::api {

/// Why a request gets no result: thrown by routes, caught where answers are made, nowhere else.
struct refusal {
  int status = 400;
  std::string message;
  nlohmann::json besides = nlohmann::json::object();  ///< further fields of the answer
};

/// The status of an error of the core.
int status_of(errc code);
/// A refusal for an error of the core. Its answer says which kind it was as `code`, because several share a status.
refusal refusal_of(const error& why);

/// The value, or throws why there is none.
template <class T>
T value_or_refuse(result<T> x) {
  if (!x) throw refusal_of(x.error());
  if constexpr (!std::is_void_v<T>) return *std::move(x);
}

}  // namespace vilfredo::api
