#pragma once
#include "core/events.hpp"
#include "core/ledger.hpp"
#include "optimizer/sampler.hpp"

/// Strays are configurations outside the bounds, which people may bring (`read_beyond_bounds`). Samplers promise
/// nothing for them, and learn nothing from them.
namespace vilfredo {

/// Whether a fact brings a configuration that is none of the space.
bool brings_stray(const events::event& what, const space& domain);
/// Whether one was observed, or is under way. Looks at every observation.
bool has_strays(const ledger& book);
/// Takes them out of what a sampler is told.
void drop_strays(plan_job& job);

}  // namespace vilfredo
