#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace vilfredo::api {

/// Which fields the runs of a list have, and how many runs have each: what a table of them may show, sort and filter
/// by.
class run_fields {
public:
  run_fields();
  void count(const nlohmann::json& run);
  /// `[{"object": "field", "key": …, "name": …, "type": …, "sortable": …, "count": …}, …]`: those that every run may
  /// have, then what programs made up, by key.
  nlohmann::json list() const;

private:
  struct field {
    std::string key, name, type;
    std::uint64_t runs = 0;
  };
  std::vector<field> known_;
  std::map<std::string, field> own_;

  void count_own(const std::string& key, const std::string& name, const std::string& type);
};

}  // namespace vilfredo::api
