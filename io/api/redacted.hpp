#pragma once
#include "core/events.hpp"

namespace vilfredo::api {

/// The fact without what runs and in which environment, for those to whom an experiment is only shown.
fact redacted(fact x);

}  // namespace vilfredo::api
