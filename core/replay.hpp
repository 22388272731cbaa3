#pragma once
#include "core/error.hpp"
#include "core/ids.hpp"
#include "core/ledger.hpp"
#include "core/ports.hpp"

namespace vilfredo {

/// The ledger of an experiment as its facts in `store` left it. errc::not_found when the store has none of it; what is
/// damaged is refused, never skipped.
result<ledger> replay(journal& store, experiment_id experiment);

}  // namespace vilfredo
