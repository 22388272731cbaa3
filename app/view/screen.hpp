#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "app/view/line.hpp"
#include "app/view/table.hpp"
#include "core/time.hpp"

namespace vilfredo::view {

/// All that the live view of a run shows, as plain data, so that drawing it is a pure function.
struct screen {
  enum class phase { running, draining, halting };

  std::string title;  ///< the experiment and where it is kept
  phase stage = phase::running;
  std::uint64_t ended = 0, completed = 0, stopped = 0, failed = 0;
  std::uint64_t paused = 0;
  std::optional<double> steps_saved;  ///< by stopping early: the share of all steps, from 0 to 1
  std::optional<std::uint64_t> budget;
  duration elapsed{0};
  std::optional<double> per_minute;  ///< trials
  std::optional<duration> left;

  struct row {
    std::string trial;  ///< "17", "17 (attempt 2)"
    duration age{0};
    std::string report;  ///< the last one; empty before the first
    std::string assignments;
  };
  std::vector<row> running;

  std::string front_title;
  table front;
  std::vector<std::pair<std::string, std::uint64_t>> failures;  ///< by reason, the most frequent first
  std::vector<std::string> news;                                ///< of trouble, the newest last
};

/// The screen in at most the style's width and height: the head always, then running trials, front, failures and news,
/// each cut to what room is left.
lines render(const screen& x, const style& how);

/// A bar of `columns` columns that is filled by `share`, from 0 to 1.
std::string bar(double share, std::size_t columns, bool unicode);

}  // namespace vilfredo::view
