#pragma once
#include <cstddef>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/ids.hpp"
#include "core/metadata.hpp"
#include "core/space.hpp"
#include "core/time.hpp"

namespace vilfredo {

/// "Not measured" in vectors that hold one number a metric.
inline constexpr double absent = std::numeric_limits<double>::quiet_NaN();

/// What became known about one configuration: its metrics, or that it failed.
struct observation {
  observation_id id;
  trial_id trial;  ///< zero: reported without a suggestion
  assignments point;
  std::vector<double> values;   ///< one a metric of the definition, NaN where absent; empty when failed without any
  std::vector<double> stddevs;  ///< empty, or one a metric, NaN where not given
  std::string failure;          ///< why it failed; empty: it did not
  time_point at{};
  std::optional<double> stopped_at = {};  ///< the step that a stopping rule ended it at: `values` are not final
  std::optional<task_index> task = {};    ///< which of the tasks cheaper than a full trial it was
  vilfredo::metadata metadata = {};

  bool failed() const { return !failure.empty(); }
  /// Its values are what the configuration comes to.
  bool final() const { return !failed() && !stopped_at && !task; }
};

/// All observations of an experiment in the order they came in, as an immutable value: a copy is a snapshot and costs a
/// pointer; an append to what has been copied since the last one costs at most 16 observations, 64 pointers, and a
/// pointer for each 1024 observations. Samplers get these.
class history {
public:
  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  const observation& operator[](std::size_t i) const {
    return (*(*(*blocks_)[i / block_size])[i % block_size / chunk_size])[i % chunk_size];
  }

  void append(observation x);
  /// Puts `x` in the place of the observation at `i`.
  void replace(std::size_t i, observation x);
  void erase(std::size_t i);

  class iterator {
  public:
    using value_type = observation;
    using difference_type = std::ptrdiff_t;
    iterator() = default;
    iterator(const history* owner, std::size_t i) : owner_(owner), i_(i) {}
    const observation& operator*() const { return (*owner_)[i_]; }
    const observation* operator->() const { return &(*owner_)[i_]; }
    iterator& operator++() { return ++i_, *this; }
    iterator operator++(int) { return {owner_, i_++}; }
    bool operator==(const iterator& other) const { return i_ == other.i_; }

  private:
    const history* owner_ = nullptr;
    std::size_t i_ = 0;
  };
  iterator begin() const { return {this, 0}; }
  iterator end() const { return {this, size_}; }

private:
  static constexpr std::size_t chunk_size = 16, block_size = 64 * chunk_size;  // in observations
  using chunk = std::vector<observation>;
  using block = std::vector<std::shared_ptr<chunk>>;
  using blocks = std::vector<std::shared_ptr<block>>;
  chunk& own_chunk(std::size_t i);

  // Each is written only while what holds it is its sole owner.
  std::shared_ptr<blocks> blocks_;  // null: nothing was ever appended
  std::size_t size_ = 0;
};

}  // namespace vilfredo
