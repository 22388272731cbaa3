#pragma once
#include <cstddef>
#include <optional>
#include <string>

#include "core/definition.hpp"

namespace vilfredo::app {

/// Notices that what runs here cannot work: the first attempts that ended did so for one and the same reason, and none
/// was of use. A package that is missing, or a node that is broken, would else fail every trial there is, in moments.
///
/// A single result, or another reason, says that the program can run: nothing is noticed any more. Nor is it where
/// `stop_when.failed` says how many failures may be. Reasons that differ in numbers alone are the same.
class false_start {
public:
  static constexpr std::size_t enough = 10;

  explicit false_start(const definition& of) : over_(of.stop_when.failed.has_value()) {}

  /// A trial came to its end with values, or a stopping rule has judged what it reported.
  void worked() { over_ = true; }
  /// True once: it is time to start nothing more.
  bool failed(const std::string& reason);
  /// What the first of them said.
  const std::string& reason() const { return reason_; }

private:
  bool over_;
  std::size_t count_ = 0;
  std::string reason_, kind_;
};

/// What people are told then.
std::string in_words(const false_start& x);

}  // namespace vilfredo::app
