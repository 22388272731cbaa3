#pragma once
#include <string>

#include "actors/measures.hpp"
#include "app/log_level.hpp"
#include "io/api/service.hpp"
#include "io/http/server.hpp"

namespace vilfredo::app {

/// What the daemon tells Prometheus of itself (docs/daemon.md has the list). How many lines there are depends on the
/// program, not on how many experiments, trials and clients it has.
std::string metrics_text(const actors::house_measures& house, const http::counters& server, const api::service& service,
                         const log_losses& lines_lost);

}  // namespace vilfredo::app
