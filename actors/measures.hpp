#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <set>
#include <string_view>
#include <variant>

#include "core/events.hpp"
#include "core/histogram.hpp"
#include "core/ledger.hpp"

/// What each actor counts about itself, since it was started, for whoever watches the house.
namespace vilfredo::actors {

/// What can be counted of an experiment.
struct standing {
  experiment_state state = experiment_state::active;
  std::array<std::size_t, 8> trials{};  ///< by trial_state
};
inline standing standing_of(const ledger& book) {
  standing out{book.state(), {}};
  for (std::size_t i = 0; i < out.trials.size(); ++i) out.trials[i] = book.count(static_cast<trial_state>(i));
  return out;
}

struct feed_measures {
  std::array<std::uint64_t, std::variant_size_v<events::event>> facts{};  ///< that became durable, by kind
  std::array<std::uint64_t, 5> asked{};                                   ///< trials handed out, by origin
  std::uint64_t faults = 0;                                               ///< experiments that lost their store
  // Of the experiments that somebody has asked for:
  std::array<std::size_t, 5> experiments{};  ///< by experiment_state
  std::array<std::size_t, 8> trials{};       ///< by trial_state
};

struct journal_measures {
  std::uint64_t failures = 0;                        ///< commits, and what was staged for them, that the store refused
  histogram appends{1, 4, 16, 64, 256, 1024, 4096};  ///< a commit; documents count, too
  histogram seconds{.001, .003, .01, .03, .1, .3, 1};  ///< a commit takes
  std::size_t waiting = 0;                             ///< for the next one
  std::size_t experiments = 0;                         ///< in the store
};

struct pool_measures {
  histogram seconds{.003, .01, .03, .1, .3, 1, 3, 10, 30};  ///< a plan takes
  std::size_t optimizers = 0, busy = 0;
  std::size_t waiting = 0;   ///< jobs
  std::uint64_t deaths = 0;  ///< of optimizers
};

struct gateway_measures {
  std::size_t in_flight = 0;
  std::uint64_t overloads = 0;  ///< refused because too many were
};

/// All of it.
struct house_measures {
  feed_measures feed;
  journal_measures journal;
  pool_measures pool;
  gateway_measures gateway;
  /// Those that did not answer, as a journal whose disk hangs; what stands here of them is what they said last.
  std::set<std::string_view> silent;
  std::uint64_t restarts = 0;  ///< of the house or a worker, ever
};

}  // namespace vilfredo::actors
