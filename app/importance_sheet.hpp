#pragma once
#include "app/sheet.hpp"
#include "core/ledger.hpp"

namespace vilfredo::app {

/// How much each parameter decides over each metric, the one that decides most over the first optimized metric first.
/// An error while there are too few observations to tell.
result<sheet> importance_sheet(const ledger& book);
/// The same for two parameters that decide only together.
result<sheet> pair_sheet(const ledger& book);

}  // namespace vilfredo::app
