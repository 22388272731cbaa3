#pragma once
#include <vector>

#include "core/ledger.hpp"

namespace vilfredo::api {

/// What an experiment has come to, best first by the metric whose name is first: the best observation, several that are
/// unlike one another, the front, or with constraints alone all that meet them.
std::vector<const observation*> best_of(const ledger& book);

}  // namespace vilfredo::api
