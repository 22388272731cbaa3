#pragma once
#include <string>
#include <utility>
#include <variant>

namespace vilfredo {

/// Why a command was refused, coarse enough to choose an exit code or an HTTP status by.
enum class errc {
  invalid,      ///< the request contradicts itself or the experiment's definition
  not_found,    ///< it names something that does not exist
  conflict,     ///< it contradicts what already happened (a trial that has ended, a name that is taken)
  reused,       ///< its request id stands for another request
  exhausted,    ///< the budget is spent; asking again later will not help
  paused,       ///< the experiment hands out nothing until somebody resumes it
  later,        ///< nothing to hand out at this moment; asking again helps
  overloaded,   ///< a queue is full; try again after a while
  unavailable,  ///< the store or another machine part does not answer
  internal,     ///< our own fault
};

const char* to_string(errc code);

/// A refusal: `message` is one sentence that says what is wrong, with which thing, and what to do.
struct error {
  errc code = errc::internal;
  std::string message;

  bool operator==(const error&) const = default;
};

/// A value or the reason why there is none.
template <class T>
class result {
public:
  result(T value) : content_(std::in_place_index<0>, std::move(value)) {}
  result(vilfredo::error reason) : content_(std::in_place_index<1>, std::move(reason)) {}

  explicit operator bool() const { return content_.index() == 0; }
  T& operator*() & { return std::get<0>(content_); }
  const T& operator*() const& { return std::get<0>(content_); }
  T&& operator*() && { return std::get<0>(std::move(content_)); }
  T* operator->() { return &std::get<0>(content_); }
  const T* operator->() const { return &std::get<0>(content_); }
  const vilfredo::error& error() const { return std::get<1>(content_); }

private:
  std::variant<T, vilfredo::error> content_;
};

template <>
class result<void> {
public:
  result() = default;
  result(vilfredo::error reason) : failed_(true), reason_(std::move(reason)) {}

  explicit operator bool() const { return !failed_; }
  const vilfredo::error& error() const { return reason_; }

private:
  bool failed_ = false;
  vilfredo::error reason_;
};

}  // namespace vilfredo
