#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "io/api/run_index.hpp"

namespace vilfredo::api {

/// Which fields the runs of a list have, and how many runs have each: what a table of them may show, sort and filter
/// by.
class run_fields {
public:
  /// `of` must outlive it.
  explicit run_fields(const run_index& of);
  void count(const run_index::row& run);
  /// `[{"object": "field", "key": …, "name": …, "type": …, "sortable": …, "count": …}, …]`: those that every run may
  /// have, then what programs made up, by key.
  nlohmann::json list() const;

private:
  struct field {
    std::string key, name, type;
    std::uint64_t runs = 0;
  };
  const run_index* of_;
  std::vector<field> known_;
  std::vector<std::uint64_t> others_;  // how many have each, by its place in the index
};

}  // namespace vilfredo::api
