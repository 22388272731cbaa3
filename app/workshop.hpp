#pragma once
#include <functional>
#include <memory>
#include <string>

#include "app/inbox.hpp"
#include "app/local_work.hpp"
#include "core/commands.hpp"

namespace vilfredo::app {

struct workshop_options {
  local_work work;
  std::string name;  ///< unique among the workers of the experiment
  duration lease{60'000};
  inbox* letters = nullptr;  ///< gets news and the worker's end; must outlive the workshop
  /// Takes a command to the experiment and calls `answer` exactly once, on any thread; must outlive the workshop.
  std::function<void(const request& what, std::function<void(outcome)> answer)> carry;
};

/// A compute worker for an experiment that is kept elsewhere: the same actor as in a house, at another door.
class workshop {
public:
  explicit workshop(const workshop_options& options);
  /// Trials that still run are told to go.
  ~workshop();

  /// No new trials; the running ones go on.
  void drain();
  /// No new trials, and the running ones are stopped politely and given back.
  void halt();

private:
  struct machinery;
  std::unique_ptr<machinery> machinery_;
};

}  // namespace vilfredo::app
