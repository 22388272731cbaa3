#include "io/api/run_fields.hpp"

#include <algorithm>
#include <map>

#include "io/api/run_filter.hpp"

namespace vilfredo::api {

using nlohmann::json;

run_fields::run_fields(const run_index& of)
    : of_(&of),
      known_{{"id", "ID", "id"},
             {"experiment", "Experiment", "id"},
             {"suggestion", "Suggestion", "id"},
             {"observation", "Observation", "id"},
             {"user", "Created By", "id"},
             {"created", "Created", "timestamp"},
             {"updated", "Updated", "timestamp"},
             {"completed", "Completed", "timestamp"},
             {"deleted", "Archived", "boolean"},
             {"name", "Name", "string"},
             {"favorite", "Favorite", "boolean"},
             {"source_code.content", "source_code.content", "string"},
             {"source_code.hash", "source_code.hash", "string"},
             {"model.type", "model.type", "string"}} {}

void run_fields::count(const run_index::row& run) {
  for (auto& one : known_) {
    auto column = value_of(run, one.key);
    // Who has not said that a run is a favorite has said nothing of it.
    const bool said = one.key == "favorite" ? column == symbol{true} : !std::holds_alternative<std::monostate>(column);
    if (said) ++one.runs;
  }
  for (const auto& [place, value] : run.others) {
    if (place >= others_.size()) others_.resize(std::max<std::size_t>(of_->others(), place + 1));
    ++others_[place];
  }
}

json run_fields::list() const {
  json out = json::array();
  auto add = [&out](const field& x) {
    out.push_back({{"object", "field"},
                   {"key", x.key},
                   {"name", x.name},
                   {"type", x.type},
                   {"sortable", true},
                   {"count", x.runs}});
  };
  auto known = known_;
  std::map<std::string, field> own;
  for (std::uint32_t place = 0; place < others_.size(); ++place) {
    if (others_[place] == 0) continue;
    auto key = of_->other(place);
    if (auto one = std::ranges::find(known, key, &field::key); one != known.end())
      one->runs = others_[place];
    else if (key.starts_with("values."))
      own[key] = {key, key, "numeric", others_[place]};
    else if (key.starts_with("logs."))
      own[key] = {key, key, "string", others_[place]};
    else
      own[key] = {key, key.substr(key.find('.') + 1), "unknown", others_[place]};
  }
  for (const auto& x : known) add(x);
  for (const auto& [key, x] : own) add(x);
  return out;
}

}  // namespace vilfredo::api
