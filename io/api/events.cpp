#include "io/api/access.hpp"
#include "io/api/event_hub.hpp"
#include "io/api/query.hpp"
#include "io/api/routes.hpp"

namespace vilfredo::api {

namespace {
using nlohmann::json;

/// The sequence of the last event that a returning client has seen.
std::optional<std::uint64_t> last_event(const http::request& from) {
  auto* text = from.header("last-event-id");
  if (!text || text->empty()) return std::nullopt;
  auto out = digits(*text);
  if (!out) throw refusal{400, "Last-Event-ID must be the id of an event, a number"};
  return out;
}

task<json> follow(call& c) {
  auto id = c.experiment();
  auto seen = last_event(c.request);
  auto how = co_await c.look(id, [](const ledger& book) {
    event_reader::options out;
    out.known = book.facts();
    out.state = book.state();
    return out;
  });
  if (seen && *seen > how.known)
    throw refusal{400, "Last-Event-ID " + std::to_string(*seen) + " is beyond the last event, " +
                           std::to_string(how.known) + ": this is not the store that it came from"};
  how.experiment = id;
  how.redact = c.who.only.has_value();
  how.after = seen.value_or(how.known);
  how.welcome = [access = c.access, token = c.who.hash](time_point now) { return access->admits(token, now); };
  c.stream = [&house = c.house, &resume = c.resume, events = c.events, how](http::exchange& asked) {
    http::fields headers{{"Content-Type", "text/event-stream"},
                         {"Cache-Control", "no-store"},
                         {"X-Accel-Buffering", "no"},
                         {"Access-Control-Allow-Origin", "*"}};
    auto to = asked.stream({200, std::move(headers), {}},
                           dropped_text("events came faster than they were read; Last-Event-ID goes on from there"));
    if (!to) return;
    auto reader = std::make_shared<event_reader>(house, resume, how, std::move(to));
    events->add(how.experiment, reader);
    reader->begin();
  };
  co_return json();
}

}  // namespace

std::vector<route> event_routes() {
  using enum permission;
  return {{"GET", "/experiments/:id/events", follow, "Follow what happens, as server-sent events", read, true}};
}

}  // namespace vilfredo::api
