#pragma once
#include <compare>
#include <cstdint>
#include <functional>

namespace vilfredo {

/// A number that names one kind of thing, so that a trial's id cannot be passed where an experiment's is meant.
/// Zero names nothing; ids are handed out from 1 and never used twice.
template <class Tag>
struct id {
  std::uint64_t number = 0;

  explicit operator bool() const { return number != 0; }
  auto operator<=>(const id&) const = default;
};

using experiment_id = id<struct experiment_tag>;
using trial_id = id<struct trial_tag>;
using observation_id = id<struct observation_tag>;

/// How many observations an experiment had taken in at some moment; it moves with every change of what samplers may
/// learn from.
using revision = std::uint64_t;

/// A task by its place in the definition's list.
using task_index = std::uint32_t;

}  // namespace vilfredo

template <class Tag>
struct std::hash<vilfredo::id<Tag>> {
  std::size_t operator()(const vilfredo::id<Tag>& x) const noexcept { return std::hash<std::uint64_t>{}(x.number); }
};
