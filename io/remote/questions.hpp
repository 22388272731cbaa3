#pragma once
#include "core/commands.hpp"
#include "core/definition.hpp"
#include "io/http/client.hpp"

/// What is asked of a daemon's API (docs/api.md), without the token.
namespace vilfredo::remote {

/// All experiments, archived ones among them, by id; `after` is the marker of the page before.
http::question list_question(const std::string& after);
/// Who asks.
http::question own_token_question();
http::question experiment_question(experiment_id x);
/// The facts after this sequence, a page of them.
http::question facts_question(experiment_id x, std::uint64_t since);
/// With the same request id it creates one experiment, however often it is asked.
http::question create_question(const definition& what, const std::string& request_id);

/// A command to an experiment. Those that no client sends are refused (errc::internal), and edits that the API does not
/// know (errc::invalid).
result<http::question> command_question(experiment_id x, const request& what);

}  // namespace vilfredo::remote
