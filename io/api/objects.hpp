#pragma once
#include <memory>
#include <optional>
#include <string>

#include <nlohmann/json.hpp>

#include "core/ledger.hpp"
#include "io/api/page.hpp"

/// What the API shows of things, in SigOpt's words: a suggestion is a trial that was handed out, an experiment that is
/// archived is deleted.
namespace vilfredo::api {

/// Labels by which the API keeps what a definition has no place for.
namespace label {
inline constexpr const char* project = "project";
inline constexpr const char* runs_only = "runs_only";           ///< an AI experiment
inline constexpr const char* development = "development";       ///< made with a development token
inline constexpr const char* unnamed = "unnamed_metric";        ///< its only metric was given no name
inline constexpr const char* bandwidth = "parallel_bandwidth";  ///< "null": was not given
inline constexpr const char* solutions = "num_solutions";       ///< the same
inline constexpr const char* no_metadata = "metadata";          ///< "{}": was given, and holds nothing
}  // namespace label
inline constexpr const char* unnamed_metric = "value";

/// An experiment as a reader sees it at one moment.
struct experiment_view {
  experiment_id id;
  std::shared_ptr<const definition> what;
  std::shared_ptr<const space> domain;
  time_point created, updated;
  bool archived = false;
  std::uint64_t observations = 0;
  double consumed = 0;
  std::optional<observation> first, last, best;

  bool has(const char* label) const { return what->labels.contains(label); }
};
experiment_view view_of(experiment_id id, const ledger& book);

nlohmann::json experiment_object(const experiment_view& x);
nlohmann::json assignments_object(const space& domain, const assignments& x);
nlohmann::json values_list(const definition& d, const observation& x);
nlohmann::json observation_object(const experiment_view& in, const observation& x);
nlohmann::json observation_object(experiment_id id, const definition& d, const space& domain, const observation& x);
/// The same as it is answered, without a value in between: these two are what is answered most.
std::string observation_text(experiment_id id, const definition& d, const space& domain, const observation& x);
/// Deleting a suggestion does not close it.
bool shown_open(const trial& x);
nlohmann::json suggestion_object(experiment_id id, const definition& d, const space& domain, const trial& x);
std::string suggestion_text(experiment_id id, const definition& d, const space& domain, const trial& x);
nlohmann::json queued_object(experiment_id id, const definition& d, const space& domain, const trial& x);
nlohmann::json task_object(const definition& d, std::optional<task_index> task);
nlohmann::json metadata_object(const metadata& x);
std::int64_t seconds(time_point x);
std::string id_text(std::uint64_t x);

nlohmann::json pagination(std::size_t count, nlohmann::json data, const page& where = {});

}  // namespace vilfredo::api
