#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "actors/measures.hpp"
#include "app/experiments.hpp"
#include "app/inbox.hpp"
#include "app/local_work.hpp"
#include "core/commands.hpp"
#include "core/ledger.hpp"
#include "core/ports.hpp"

namespace vilfredo::app {

struct house_options {
  std::shared_ptr<journal> store;
  inbox* letters = nullptr;    ///< gets facts, news and the worker's end; must outlive the house
  std::size_t optimizers = 1;  ///< threads that plan
};

/// The actors and what they stand on, wired together: supervisor, store, optimizers, feed, workers. Of the program only
/// this and the workshop know CAF; everybody else calls functions, which wait for the answer and are for one thread,
/// unless they say otherwise.
class house final : public experiments {
public:
  explicit house(house_options options);
  /// Stops everything, in order; trials that still run are ended at once.
  ~house() override;

  result<std::vector<journal::entry>> list() override;
  result<experiment_id> create(const definition& what, std::size_t namesakes) override;
  result<std::shared_ptr<const ledger>> describe(experiment_id experiment) override;
  outcome carry_out(experiment_id experiment, command what) override;

  // For many threads at once. Each returns at once and calls `answer` exactly once, on an actor's thread, where it must
  // be quick.
  template <class T>
  using then = std::function<void(T)>;
  void list(then<result<std::vector<journal::entry>>> answer);
  /// Namesakes are allowed.
  void create(std::shared_ptr<const definition> what, std::string request_id, bool first,
              then<result<experiment_id>> answer);
  /// Carries out what `decide` makes of the ledger; `seen` is shown the ledger as the command left it. Both are called
  /// at most once, before `answer` and never after it, on an actor's thread.
  void enact(experiment_id experiment, std::function<result<request>(const ledger&)> decide,
             std::function<void(const ledger&, const vilfredo::answer&)> seen, then<outcome> answer);
  void look(experiment_id experiment, std::function<void(const ledger&)> look, then<result<void>> answer);
  void facts_after(experiment_id experiment, std::uint64_t sequence, std::size_t most,
                   then<result<std::shared_ptr<const std::vector<fact>>>> answer);
  void find(document_query what, then<result<std::vector<document>>> answer);
  void keep(std::vector<document_change> what, then<result<std::vector<document>>> answer);

  /// What everybody has counted.
  void measure(then<result<actors::house_measures>> answer);
  /// From now on facts go here instead of to the letters, in order of each experiment, on an actor's thread; it must be
  /// quick.
  void listen(std::function<void(const facts_came&)> to);

  /// Starts the local compute worker. What an earlier process of the same store held is given back first.
  void employ(const local_work& work);
  /// No new trials; the running ones go on.
  void drain();
  /// No new trials, and the running ones are stopped politely and given back.
  void halt();

  time_point now() const;

  /// Stops everything, on any thread; nothing may be called any more. Whoever waits for an answer is told that there is
  /// none. Waits for the commit that is under way, however long that takes: ending_limit.hpp is for disks that hang.
  void close();

private:
  struct machinery;
  std::unique_ptr<machinery> machinery_;
};

}  // namespace vilfredo::app
