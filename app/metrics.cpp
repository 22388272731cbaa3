#include "app/metrics.hpp"

#include <array>
#include <utility>

#include "io/exposition.hpp"
#include "io/fact_fields.hpp"

namespace vilfredo::app {

namespace {

using io::exposition;

template <std::size_t... I>
constexpr auto names_of_facts(std::index_sequence<I...>) {
  return std::array{std::string_view(io::fact_shape<std::variant_alternative_t<I, events::event>>::name)...};
}
constexpr auto fact_names = names_of_facts(std::make_index_sequence<std::variant_size_v<events::event>>{});

/// A line for each value of an enumeration.
template <class Enumeration, class Counts>
void by(exposition& to, std::string_view label, const Counts& counts) {
  for (std::size_t i = 0; i < counts.size(); ++i)
    to.sample(std::uint64_t{counts[i]}, {{label, to_string(static_cast<Enumeration>(i))}});
}

void write_experiments(exposition& to, const actors::feed_measures& x) {
  to.gauge("vilfredo_experiments", "Experiments that somebody has asked for since the start, by state.");
  by<experiment_state>(to, "state", x.experiments);
  to.gauge("vilfredo_trials", "Their trials, by state.");
  by<trial_state>(to, "state", x.trials);
  to.counter("vilfredo_asks_total", "Trials handed out, by where their assignments came from.");
  by<origin>(to, "origin", x.asked);
  to.counter("vilfredo_facts_total", "Facts that became durable, by kind.");
  for (std::size_t i = 0; i < x.facts.size(); ++i) to.sample(x.facts[i], {{"event", fact_names[i]}});
  to.counter("vilfredo_early_stops_total", "Trials that a stopping rule ended.");
  to.sample(x.facts[events::event(events::trial_stopped{}).index()]);
  to.counter("vilfredo_plan_failures_total", "Plans that a sampler could not make.");
  to.sample(x.facts[events::event(events::plan_failed{}).index()]);
  to.counter("vilfredo_experiment_faults_total", "Times that an experiment lost its store and was loaded again.");
  to.sample(x.faults);
}

void write_machinery(exposition& to, const actors::house_measures& x) {
  to.distribution("vilfredo_commit_size", "Appends that one commit of the store made durable.");
  to.sample(x.journal.appends);
  to.distribution("vilfredo_commit_duration_seconds", "What a commit of the store takes.");
  to.sample(x.journal.seconds);
  to.gauge("vilfredo_commit_queue", "Appends that wait for the next commit.");
  to.sample(std::uint64_t{x.journal.waiting});
  to.counter("vilfredo_store_failures_total", "Commits that the store refused.");
  to.sample(x.journal.failures);
  to.distribution("vilfredo_plan_duration_seconds", "What a plan takes.");
  to.sample(x.pool.seconds);
  to.gauge("vilfredo_plan_queue", "Plans that wait for an optimizer.");
  to.sample(std::uint64_t{x.pool.waiting});
  to.gauge("vilfredo_optimizers", "Threads that plan.");
  to.sample(std::uint64_t{x.pool.optimizers});
  to.gauge("vilfredo_optimizers_busy", "Those that plan now.");
  to.sample(std::uint64_t{x.pool.busy});
  to.counter("vilfredo_optimizer_deaths_total", "Optimizers that died and were replaced.");
  to.sample(x.pool.deaths);
  to.gauge("vilfredo_commands_in_flight", "Commands that wait for their experiment's answer.");
  to.sample(std::uint64_t{x.gateway.in_flight});
  to.counter("vilfredo_commands_overloaded_total", "Commands refused because too many were in flight.");
  to.sample(x.gateway.overloads);
  to.counter("vilfredo_house_restarts_total", "Times that actors died and were started again.");
  to.sample(x.restarts);
}

void write_server(exposition& to, const http::counters& x) {
  auto counter = [&](std::string_view name, std::string_view help, std::uint64_t value) {
    to.counter(name, help);
    to.sample(value);
  };
  auto gauge = [&](std::string_view name, std::string_view help, std::uint64_t value) {
    to.gauge(name, help);
    to.sample(value);
  };
  counter("vilfredo_http_connections_total", "Connections accepted.", x.connections);
  gauge("vilfredo_http_connections", "Connections open now.", x.connections_open);
  counter("vilfredo_http_connections_refused_total", "Connections turned away because too many were open.",
          x.connections_over);
  counter("vilfredo_http_malformed_total", "Requests that were malformed, too long or too slow.", x.refused);
  counter("vilfredo_http_received_bytes_total", "Bytes read, without TLS's own.", x.bytes_read);
  counter("vilfredo_http_sent_bytes_total", "Bytes written, without TLS's own.", x.bytes_written);
  counter("vilfredo_tls_failures_total", "TLS handshakes that failed.", x.handshakes_failed);
  counter("vilfredo_event_streams_total", "Event streams begun.", x.streams);
  gauge("vilfredo_event_streams", "Event streams open now.", x.streams_open);
  counter("vilfredo_event_streams_dropped_total", "Event streams ended because the reader was too slow.",
          x.streams_dropped);
}

}  // namespace

std::string metrics_text(const actors::house_measures& house, const http::counters& server,
                         const api::service& service) {
  exposition out;
  service.write_metrics(out);
  write_server(out, server);
  write_experiments(out, house.feed);
  write_machinery(out, house);
  return out.take();
}

}  // namespace vilfredo::app
