#pragma once
#include <memory>
#include <vector>

#include "app/place.hpp"
#include "core/commands.hpp"
#include "core/error.hpp"
#include "core/ledger.hpp"
#include "core/ports.hpp"

namespace vilfredo::app {

/// Experiments to look at, wherever they are kept. Calls wait for the answer and are for one thread.
class readable_experiments {
public:
  virtual ~readable_experiments() = default;

  /// Archived ones, too.
  virtual result<std::vector<journal::entry>> list() = 0;
  /// The experiment as it is durable.
  virtual result<std::shared_ptr<const ledger>> describe(experiment_id experiment) = 0;
};

/// The same, to change them.
class experiments : public readable_experiments {
public:
  /// `namesakes`: how many experiments had the name when the caller looked. Two who saw as many at a daemon get the
  /// same experiment; in a store, which has one writer, the name must be free.
  virtual result<experiment_id> create(const definition& what, std::size_t namesakes) = 0;
  virtual outcome carry_out(experiment_id experiment, command what) = 0;
};

/// A store is read whoever writes it meanwhile; a daemon is asked when it is needed first.
result<std::unique_ptr<readable_experiments>> open_for_reading(const place& where);

}  // namespace vilfredo::app
