#pragma once
#include <cstddef>
#include <string>
#include <vector>

#include "core/definition.hpp"
#include "core/ids.hpp"

namespace vilfredo::app {

/// Notices that what runs here cannot work: the trials that were started first have all failed, for one and the same
/// reason, and nothing was of use. A package that is missing, or a node that is broken, would else fail every trial
/// there is, in moments.
///
/// It is those started first that count, not those that ended first: of many side by side some may fail at once while
/// the good ones take their hours. A single result, or another reason, says that the program can run: nothing is
/// noticed any more. Nor is it where `stop_when.failed` says how many failures may be. Reasons that differ in numbers
/// alone are the same.
class false_start {
public:
  static constexpr std::size_t enough = 10;

  explicit false_start(const definition& of) : over_(of.stop_when.failed.has_value()) {}

  void started(trial_id trial);
  /// A trial came to its end with values, or a stopping rule has judged what it reported.
  void worked() { over_ = true; }
  /// For good: while it is to be tried again nothing is known. True once: it is time to start nothing more.
  bool failed(trial_id trial, const std::string& reason);
  /// What the first of them said.
  const std::string& reason() const { return reason_; }

private:
  struct first_one {
    trial_id trial;
    bool failed;
  };

  bool over_;
  std::vector<first_one> first_;
  std::string reason_, kind_;
};

/// What people are told then.
std::string in_words(const false_start& x);

}  // namespace vilfredo::app
