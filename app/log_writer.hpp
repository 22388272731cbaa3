#pragma once
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "app/log_level.hpp"
#include "core/error.hpp"

namespace vilfredo::app {

/// Lines of a log on their way out, in the order in which they came. A thread writes them as soon as it can, so that
/// whoever has something to say never waits for who is to take it: a pager, a full pipe, a disk that hangs.
///
/// What waits is bounded, and what finds no room is lost: `info` may take half of it, what is graver all of it. What
/// cannot be written, as on a full disk, is lost, too. Once writing works again a line says how much that was.
class log_writer {
public:
  /// What it has to say itself, as lines with their ends. Called by its thread, which may outlive everything else.
  struct wording {
    std::function<std::string(const log_losses&)> lost;
    std::function<std::string(const error&)> stays;  ///< with the old file, for the new one could not be opened
  };

  static constexpr std::size_t most_bytes = 4 << 20;             ///< that wait to be written
  static constexpr std::chrono::milliseconds last_lines{1'000};  ///< for what waits in the end

  /// Closes `to` in the end.
  log_writer(int to, wording of_its_own);
  /// Waits for what is not written yet, `last_lines` at most.
  ~log_writer();
  log_writer(const log_writer&) = delete;
  log_writer& operator=(const log_writer&) = delete;

  /// From any thread; `line` with its end.
  void put(log_level level, std::string line);
  /// What comes after this goes to the file that has the name then, if it can be opened.
  void reopen(std::string file);
  /// Waits until all that came before is written or lost; false when that takes longer than `patience`.
  bool flush(std::chrono::milliseconds patience);
  log_losses lost() const;

  static result<int> open(const std::string& file);
  /// From now on an abort, as after a broken invariant, waits for what is not written yet, a fifth of a second at most.
  static void hold_up_aborts();

private:
  struct work;
  std::shared_ptr<work> work_;
  std::thread thread_;
};

}  // namespace vilfredo::app
