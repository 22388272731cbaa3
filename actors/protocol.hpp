#pragma once
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "actors/caf.hpp"
#include "actors/enactment.hpp"
#include "actors/measures.hpp"
#include "core/commands.hpp"
#include "core/events.hpp"
#include "core/ledger.hpp"
#include "core/ports.hpp"
#include "optimizer/engine.hpp"
#include "optimizer/sampler.hpp"

/// Every message between our actors, and who understands which. Read this first.
///
/// A refusal is an answer: results carry a core error, and caf::error is left for broken machinery (a dead actor, a
/// time-out). Large immutable data travels as shared_ptr to const. Every queue has a bound, named where it stands; what
/// is over it is answered with errc::overloaded or dropped with a count, as said there.
namespace vilfredo::actors {

struct compute_worker_options;

using facts = std::shared_ptr<const std::vector<fact>>;

/// To itself: the first of what is on the agenda (agenda.hpp) may be due.
struct agenda_due {};
/// Say what you have counted; everybody of the house but the registry understands it.
struct measure {};

// --- journal: the store, alone with its thread -----------------------------------------------------------------------

/// Make these facts of one experiment durable. At most journal_options::most_waiting at a time; more are refused.
struct append {
  experiment_id experiment;
  actors::facts facts;
};
/// All facts of an append, and all appends before it, survive a power cut.
struct durable {
  std::uint64_t sequence = 0;  ///< of the last fact
};
/// Fold an experiment's facts into a ledger, on the journal's thread.
struct load {
  experiment_id experiment;
};
struct loaded {
  std::shared_ptr<const ledger> book;
};
/// An experiment's facts after this sequence, the first `most` of them; durable ones only.
struct find_facts {
  experiment_id experiment;
  std::uint64_t after = 0;
  std::size_t most = 0;
};
struct found_facts {
  actors::facts facts;
};
/// What experiments are there?
struct list_store {};
struct store_listing {
  std::vector<journal::entry> entries;
};
/// Documents beside the experiments; answered when they are durable. As many may wait as appends.
struct keep_documents {
  std::shared_ptr<const std::vector<document_change>> changes;
};
struct find_documents {
  document_query what;
};
struct kept_documents {
  std::vector<document> documents;
};
/// To itself: commit what was staged. Queues behind every append that is already waiting, which makes the group.
struct commit_due {};

using journal_actor =
    caf::typed_actor<answers<result<durable>, append>, answers<result<loaded>, load>,
                     answers<result<store_listing>, list_store>, answers<result<kept_documents>, keep_documents>,
                     answers<result<kept_documents>, find_documents>, answers<result<found_facts>, find_facts>,
                     answers<journal_measures, measure>, hears<commit_due>>;

// --- feed: live subscribers ------------------------------------------------------------------------------------------

/// Facts that have become durable, in order per experiment. A part that died may have left a hole, which the sequence
/// shows: read those from the store. An experiment that has just been loaded publishes how it stands, and no facts;
/// nobody who listens is told.
struct published {
  experiment_id experiment;
  actors::facts facts;
  actors::standing standing;  ///< after them
};
/// An experiment cannot reach its store.
struct faulted {
  experiment_id experiment;
};
/// Call `deliver` with everything published from now on; it must be quick (post it elsewhere). Answers the
/// subscription's number.
struct subscribe {
  std::function<void(const published&)> deliver;
};
struct unsubscribe {
  std::uint64_t subscription = 0;
};

using feed_actor = caf::typed_actor<hears<published>, hears<faulted>, answers<std::uint64_t, subscribe>,
                                    hears<unsubscribe>, answers<feed_measures, measure>>;

// --- experiment: one engine, its waiting askers, its timers ----------------------------------------------------------

/// A command; the answer leaves when its facts are durable.
struct command_for {
  vilfredo::request request;
};
/// The ledger as it stands, durable facts only, as a copy of the reader's own.
struct describe {};
/// Call `look` with the ledger as it is durable, on the experiment's thread; it must be quick. Answered after it.
struct inspect {
  std::function<void(const ledger&)> look;
};
struct inspected {};
/// Carry out what this decides of the ledger, show it the ledger as that left it, and settle it when that is durable.
/// One way: no answer goes through a mailbox.
struct enact {
  std::shared_ptr<enactment> what;
};
/// A job's result.
struct optimized {
  std::uint64_t job = 0;
  std::shared_ptr<const result<plan>> made;
};
/// To itself: append the facts that have gathered. Queues behind every command that is already waiting, so that they
/// share one append.
struct append_due {};
/// To itself: try to load again after the store failed.
struct reload_due {};

using experiment_actor = caf::typed_actor<answers<outcome, command_for>, answers<result<loaded>, describe>,
                                          answers<result<inspected>, inspect>, hears<enact>, hears<optimized>,
                                          hears<append_due>, hears<agenda_due>, hears<reload_due>>;

// --- optimizer pool and optimizers -----------------------------------------------------------------------------------

/// Compute a plan and send it to `asker` as `optimized`. One at a time an experiment; a newer job of the same
/// experiment replaces one that still waits.
struct optimize {
  experiment_id experiment;
  experiment_actor asker;
  std::uint64_t job = 0;
  std::shared_ptr<const plan_job> what;
  std::shared_ptr<std::atomic<bool>> cancel = {};  ///< what the job looks at
};
/// From an optimizer: its job is done (or it has just started).
struct idle {
  std::uint64_t optimizer = 0;
};
/// The experiment needs no plan any more: drop its waiting job and stop its running one.
struct abandon {
  experiment_id experiment;
};

using optimizer_actor = caf::typed_actor<hears<optimize>>;
using pool_actor = caf::typed_actor<hears<optimize>, hears<idle>, hears<abandon>, answers<pool_measures, measure>>;

// --- registry: experiments by id and name ----------------------------------------------------------------------------

/// Start a new experiment. Its name must be unique among those that are not archived, unless namesakes are allowed.
struct create {
  std::shared_ptr<const definition> what;
  std::string request_id;
  bool namesakes = false;
  bool first = false;  ///< nobody has sent this request before, so there is nothing to look for
};
struct locate {
  experiment_id experiment;
};
struct located {
  experiment_id experiment;
  experiment_actor handle;
};
struct list_experiments {};

using registry_actor = caf::typed_actor<answers<result<located>, create>, answers<result<located>, locate>,
                                        answers<result<store_listing>, list_experiments>>;

// --- gateway: the door for code that is not an actor -----------------------------------------------------------------

/// Carry a command to an experiment; answered by the experiment, or with errc::unavailable while it cannot be reached.
/// At most gateway_options::most_in_flight at a time; more are refused.
struct command_to {
  experiment_id experiment;
  vilfredo::request request;
};
/// The same for code that is not an actor: calls `answer` exactly once, on an actor's thread; it must be quick.
struct submit {
  command_to what;
  std::function<void(outcome)> answer;
};

/// Show an experiment's ledger: `look` is called at most once, before the answer, on the experiment's thread; it must
/// be quick. The same bound as for commands.
struct show {
  experiment_id experiment;
  std::function<void(const ledger&)> look;
};

using gateway_actor = caf::typed_actor<answers<outcome, command_to>, answers<result<inspected>, show>, hears<enact>,
                                       answers<gateway_measures, measure>, hears<submit>, hears<agenda_due>>;

// --- compute worker: trials as child processes -----------------------------------------------------------------------

/// From the launcher, through the worker's door: something a run said.
struct run_said {
  launcher::run_key run = 0;
  run_message what;
};
/// To itself: heartbeats for the running trials.
struct beat_due {};
/// To itself: send an errand again that could not be carried out.
struct resend_due {
  std::uint64_t errand = 0;
};
/// From the supervisor: the present gateway.
struct meet {
  gateway_actor gateway;
};
/// Ask for no further trials; the running ones go on to their end.
struct drain {};
/// The same, and stop the running trials politely and give them back.
struct halt {};

using compute_worker_actor = caf::typed_actor<hears<run_said>, hears<beat_due>, hears<resend_due>, hears<agenda_due>,
                                              hears<meet>, hears<drain>, hears<halt>>;

// --- supervisor ------------------------------------------------------------------------------------------------------

/// To itself: start its children again after their pause.
struct restart_due {
  std::uint64_t life = 0;
};
/// The present children; all change together when one is restarted.
struct household {
  journal_actor journal;
  registry_actor registry;
  gateway_actor gateway;
  feed_actor feed;
};
struct find_household {};
/// Start a compute worker in this process; it is started again when it dies.
struct employ {
  std::shared_ptr<const compute_worker_options> what;
};
struct drain_workers {};
struct halt_workers {};

/// To `measure` it answers for the whole house.
using supervisor_actor = caf::typed_actor<answers<household, find_household>, answers<house_measures, measure>,
                                          hears<employ>, hears<drain_workers>, hears<halt_workers>, hears<restart_due>>;

}  // namespace vilfredo::actors

VILFREDO_LOCAL_MESSAGE(vilfredo::actors::append)
VILFREDO_LOCAL_MESSAGE(vilfredo::actors::measure)
VILFREDO_LOCAL_MESSAGE(vilfredo::actors::feed_measures)
VILFREDO_LOCAL_MESSAGE(vilfredo::actors::journal_measures)
VILFREDO_LOCAL_MESSAGE(vilfredo::actors::pool_measures)
VILFREDO_LOCAL_MESSAGE(vilfredo::actors::gateway_measures)
VILFREDO_LOCAL_MESSAGE(vilfredo::actors::house_measures)
VILFREDO_LOCAL_MESSAGE(vilfredo::actors::find_facts)
VILFREDO_LOCAL_MESSAGE(vilfredo::result<vilfredo::actors::found_facts>)
VILFREDO_LOCAL_MESSAGE(vilfredo::actors::faulted)
VILFREDO_LOCAL_MESSAGE(vilfredo::actors::load)
VILFREDO_LOCAL_MESSAGE(vilfredo::actors::list_store)
VILFREDO_LOCAL_MESSAGE(vilfredo::actors::commit_due)
VILFREDO_LOCAL_MESSAGE(vilfredo::actors::keep_documents)
VILFREDO_LOCAL_MESSAGE(vilfredo::actors::find_documents)
VILFREDO_LOCAL_MESSAGE(vilfredo::result<vilfredo::actors::kept_documents>)
VILFREDO_LOCAL_MESSAGE(vilfredo::result<vilfredo::actors::durable>)
VILFREDO_LOCAL_MESSAGE(vilfredo::result<vilfredo::actors::loaded>)
VILFREDO_LOCAL_MESSAGE(vilfredo::result<vilfredo::actors::store_listing>)
VILFREDO_LOCAL_MESSAGE(vilfredo::actors::published)
VILFREDO_LOCAL_MESSAGE(vilfredo::actors::subscribe)
VILFREDO_LOCAL_MESSAGE(vilfredo::actors::unsubscribe)
VILFREDO_LOCAL_MESSAGE(vilfredo::actors::command_for)
VILFREDO_LOCAL_MESSAGE(vilfredo::outcome)
VILFREDO_LOCAL_MESSAGE(vilfredo::actors::describe)
VILFREDO_LOCAL_MESSAGE(vilfredo::actors::inspect)
VILFREDO_LOCAL_MESSAGE(vilfredo::actors::enact)
VILFREDO_LOCAL_MESSAGE(vilfredo::result<vilfredo::actors::inspected>)
VILFREDO_LOCAL_MESSAGE(vilfredo::actors::show)
VILFREDO_LOCAL_MESSAGE(vilfredo::actors::optimized)
VILFREDO_LOCAL_MESSAGE(vilfredo::actors::agenda_due)
VILFREDO_LOCAL_MESSAGE(vilfredo::actors::append_due)
VILFREDO_LOCAL_MESSAGE(vilfredo::actors::reload_due)
VILFREDO_LOCAL_MESSAGE(vilfredo::actors::optimize)
VILFREDO_LOCAL_MESSAGE(vilfredo::actors::idle)
VILFREDO_LOCAL_MESSAGE(vilfredo::actors::abandon)
VILFREDO_LOCAL_MESSAGE(vilfredo::actors::create)
VILFREDO_LOCAL_MESSAGE(vilfredo::actors::locate)
VILFREDO_LOCAL_MESSAGE(vilfredo::result<vilfredo::actors::located>)
VILFREDO_LOCAL_MESSAGE(vilfredo::actors::list_experiments)
VILFREDO_LOCAL_MESSAGE(vilfredo::actors::submit)
VILFREDO_LOCAL_MESSAGE(vilfredo::actors::command_to)
VILFREDO_LOCAL_MESSAGE(vilfredo::actors::run_said)
VILFREDO_LOCAL_MESSAGE(vilfredo::actors::beat_due)
VILFREDO_LOCAL_MESSAGE(vilfredo::actors::resend_due)
VILFREDO_LOCAL_MESSAGE(vilfredo::actors::drain)
VILFREDO_LOCAL_MESSAGE(vilfredo::actors::halt)
VILFREDO_LOCAL_MESSAGE(vilfredo::actors::meet)
VILFREDO_LOCAL_MESSAGE(vilfredo::actors::restart_due)
VILFREDO_LOCAL_MESSAGE(vilfredo::actors::household)
VILFREDO_LOCAL_MESSAGE(vilfredo::actors::find_household)
VILFREDO_LOCAL_MESSAGE(vilfredo::actors::employ)
VILFREDO_LOCAL_MESSAGE(vilfredo::actors::drain_workers)
VILFREDO_LOCAL_MESSAGE(vilfredo::actors::halt_workers)
