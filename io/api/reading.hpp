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
/// A trial that was handed out and is not hidden; 404 otherwise.
const trial& shown_trial(const ledger& book, std::uint64_t number);

}  // namespace vilfredo::api
