#pragma once
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/commands.hpp"
#include "core/definition.hpp"
#include "core/error.hpp"
#include "core/ledger.hpp"
#include "core/ports.hpp"
#include "core/time.hpp"

namespace vilfredo::api {

/// Two dimensions and how far they decide only together, from 0 to 1.
struct pair_share {
  std::size_t first, second;
  double together = 0;
};

/// What the API needs of the rest of the program. Every function returns at once and calls back exactly once, on any
/// thread.
class orchestra {
public:
  template <class T>
  using then = std::function<void(T)>;
  virtual ~orchestra() = default;

  virtual void list(then<result<std::vector<journal::entry>>> answer) = 0;
  /// `request_id` makes it idempotent; empty: it is not. `first`: nobody has asked by it before, which saves a search.
  virtual void create(std::shared_ptr<const definition> what, std::string request_id, bool first,
                      then<result<experiment_id>> answer) = 0;
  /// Carries out what `decide` makes of the experiment as it stands, or is refused by it; `seen` is shown the
  /// experiment as the command left it. Both are called before `answer` and never after it, and are as quick as a look.
  virtual void enact(experiment_id experiment, std::function<result<request>(const ledger&)> decide,
                     std::function<void(const ledger&, const answer&)> seen, then<outcome> answer) = 0;
  /// Shows the experiment as it is durable, before `answer` is called. `look` copies what it needs, quickly: others
  /// wait.
  virtual void look(experiment_id experiment, std::function<void(const ledger&)> look, then<result<void>> answer) = 0;

  /// The first `most` facts after this sequence, in order and as far as they are durable.
  virtual void facts_after(experiment_id experiment, std::uint64_t sequence, std::size_t most,
                           then<result<std::shared_ptr<const std::vector<fact>>>> answer) = 0;

  virtual void find(document_query what, then<result<std::vector<document>>> answer) = 0;
  /// All of these changes or none; answers the documents as they are then.
  virtual void keep(std::vector<document_change> what, then<result<std::vector<document>>> answer) = 0;

  /// Shares that sum to 1, one a dimension.
  virtual std::vector<double> importances(const definition& d, const space& domain, const history& observations,
                                          std::size_t metric) = 0;
  /// Those that decide together most first.
  virtual std::vector<pair_share> pair_importances(const definition& d, const space& domain,
                                                   const history& observations, std::size_t metric) = 0;
  virtual time_point now() = 0;
  /// Bytes that nobody can guess.
  virtual std::string secret(std::size_t bytes) = 0;
};

}  // namespace vilfredo::api
