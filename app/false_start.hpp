#pragma once
#include <cstddef>
#include <string>
#include <vector>

#include "core/definition.hpp"
#include "core/ids.hpp"

namespace vilfredo::app {

/// Notices that what is started here cannot work, which would else fail every trial there is, in moments:
///
/// - *At the beginning*, where a package is missing or a node is broken: the trials that were started first have all
///   failed, for one and the same reason (but for its numbers), and nothing was of use. It is those started first that
///   count, not those that ended first: of many side by side some may fail at once while the good ones take their
///   hours. A single result, or another reason, says that the program can run. `stop_when.failed` says it, too.
/// - *At any time*, where a disk is full or a program was removed: so many in a row could not be started at all.
class false_start {
public:
  static constexpr std::size_t enough = 10;

  explicit false_start(const definition& of) : has_worked_(of.stop_when.failed.has_value()) {}

  void started(trial_id trial);
  /// A trial came to its end with values, or a stopping rule has judged what it reported.
  void worked();
  /// For good: while it is to be tried again nothing is known. True once: it is time to start nothing more.
  bool failed(trial_id trial, const std::string& reason);
  /// What people are told then.
  const std::string& sentence() const { return sentence_; }

private:
  struct first_one {
    trial_id trial;
    bool failed;
  };
  bool notice(const std::string& what, const std::string& reason, const std::string& otherwise);

  bool has_worked_, noticed_ = false;
  std::vector<first_one> first_;
  std::string reason_, kind_;  // of the first failure
  std::size_t unstarted_ = 0;  // in a row
  std::string sentence_;
};

}  // namespace vilfredo::app
