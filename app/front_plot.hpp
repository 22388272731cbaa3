#pragma once
#include <optional>

#include "app/view/plot.hpp"
#include "core/ledger.hpp"

namespace vilfredo::app {

/// The observations over the two metrics that are optimized, or that constrain where none is optimized; nothing when
/// there are not exactly two.
std::optional<view::plot> front_plot(const ledger& book);

}  // namespace vilfredo::app
