#pragma once
#include "io/api/call.hpp"
#include "io/api/experiment_form.hpp"
#include "io/api/objects.hpp"

/// What several resources ask of an experiment.
namespace vilfredo::api {

/// Throws a refusal for an experiment that takes no work: 400 when it is deleted, 403 when it takes runs.
void check_takes_work(const ledger& book);
/// The same for reading or changing what is in it.
task<experiment_view> view(call& c, experiment_id id);
/// An AI experiment, with how far its runs are.
nlohmann::json ai_object(const call& c, const experiment_view& x);
/// A new experiment; for a repeated request the one that the first made, whatever it is called by now.
task<experiment_id> create_once(call& c, std::shared_ptr<const definition> what);
/// Carries out what an update of an experiment says: `changes`, and the state that it names. 400 for another state.
task<nlohmann::json> change_experiment(call& c, experiment_view now, edit_experiment changes);
/// All experiments that the caller may see and that can be loaded: one that cannot must not hide the others.
task<std::vector<experiment_view>> all_views(call& c);
/// 400 when there is no such project.
task<nlohmann::json> check_project(call& c, std::string project);
/// 404 unless a place of the path names the one client, organization or user that there is.
void check_client(const call& c, std::size_t place = 0);
/// What a document holds; 500 when it is damaged.
nlohmann::json contents(const document& x);
/// A new document; with an empty key, its number is its key. A repeated request gets what the first one made; 409 when
/// the key is taken by another.
task<document> keep_once(call& c, std::string collection, std::string key, nlohmann::json what);
nlohmann::json tag_object(const document& x);
/// Whether a trial was handed out and is not hidden.
bool shows(const ledger& book, std::uint64_t number);
/// That trial; 404 for others.
const trial& shown_trial(const ledger& book, std::uint64_t number);

}  // namespace vilfredo::api
