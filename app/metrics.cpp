#include "app/metrics.hpp"

#include <algorithm>
#include <array>
#include <numeric>
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

void counter(exposition& to, std::string_view name, std::string_view help, std::uint64_t value) {
  to.counter(name, help);
  to.sample(value);
}
void gauge(exposition& to, std::string_view name, std::string_view help, std::uint64_t value) {
  to.gauge(name, help);
  to.sample(value);
}
void distribution(exposition& to, std::string_view name, std::string_view help, const histogram& values) {
  to.distribution(name, help);
  to.sample(values);
}

/// A line for each value of an enumeration.
template <class Enumeration, class Counts>
void by(exposition& to, std::string_view label, const Counts& counts) {
  for (std::size_t i = 0; i < counts.size(); ++i)
    to.sample(std::uint64_t{counts[i]}, {{label, to_string(static_cast<Enumeration>(i))}});
}

void write_experiments(exposition& to, const actors::feed_measures& x, std::size_t stored) {
  to.gauge("vilfredo_experiments", "Experiments by state; asleep: nobody has asked for it since the start.");
  by<experiment_state>(to, "state", x.experiments);
  const auto awake = std::reduce(x.experiments.begin(), x.experiments.end());
  to.sample(std::uint64_t{stored - std::min(stored, awake)}, {{"state", "asleep"}});
  to.gauge("vilfredo_trials", "Trials of those that are not asleep, by state.");
  by<trial_state>(to, "state", x.trials);
  to.counter("vilfredo_asks_total", "Trials handed out, by where their assignments came from.");
  by<origin>(to, "origin", x.asked);
  to.counter("vilfredo_facts_total", "Facts that became durable, by kind.");
  for (std::size_t i = 0; i < x.facts.size(); ++i) to.sample(x.facts[i], {{"event", fact_names[i]}});
  counter(to, "vilfredo_early_stops_total", "Trials that a stopping rule ended.",
          x.facts[events::event(events::trial_stopped{}).index()]);
  counter(to, "vilfredo_plan_failures_total", "Plans that a sampler could not make.",
          x.facts[events::event(events::plan_failed{}).index()]);
  counter(to, "vilfredo_experiment_faults_total", "Times that an experiment lost its store and was loaded again.",
          x.faults);
}

void write_machinery(exposition& to, const actors::house_measures& x) {
  distribution(to, "vilfredo_commit_size", "Appends that one commit of the store made durable.", x.journal.appends);
  distribution(to, "vilfredo_commit_duration_seconds", "What a commit of the store takes.", x.journal.seconds);
  gauge(to, "vilfredo_commit_queue", "Appends that wait for the next commit.", x.journal.waiting);
  counter(to, "vilfredo_store_failures_total", "Commits that the store refused.", x.journal.failures);
  distribution(to, "vilfredo_plan_duration_seconds", "What a plan takes.", x.pool.seconds);
  gauge(to, "vilfredo_plan_queue", "Plans that wait for an optimizer.", x.pool.waiting);
  gauge(to, "vilfredo_optimizers", "Threads that plan.", x.pool.optimizers);
  gauge(to, "vilfredo_optimizers_busy", "Those that plan now.", x.pool.busy);
  counter(to, "vilfredo_optimizer_deaths_total", "Optimizers that died and were replaced.", x.pool.deaths);
  gauge(to, "vilfredo_commands_in_flight", "Commands that wait for their experiment's answer.", x.gateway.in_flight);
  counter(to, "vilfredo_commands_overloaded_total", "Commands refused because too many were in flight.",
          x.gateway.overloads);
  counter(to, "vilfredo_house_restarts_total", "Times that actors died and were started again.", x.restarts);
  to.gauge("vilfredo_part_answers", "1, or 0 for an actor that does not: its figures are from before.");
  for (auto part : {"feed", "gateway", "journal", "pool"})
    to.sample(std::uint64_t{x.silent.contains(part) ? 0u : 1u}, {{"part", part}});
}

void write_server(exposition& to, const http::counters& x) {
  counter(to, "vilfredo_http_connections_total", "Connections accepted.", x.connections);
  gauge(to, "vilfredo_http_connections", "Connections open now.", x.connections_open);
  counter(to, "vilfredo_http_connections_refused_total",
          "Connections turned away, or closed for others, because too many were open.", x.connections_over);
  counter(to, "vilfredo_http_malformed_total", "Requests that were malformed, too long or too slow.", x.refused);
  counter(to, "vilfredo_http_received_bytes_total", "Bytes read, without TLS's own.", x.bytes_read);
  counter(to, "vilfredo_http_sent_bytes_total", "Bytes written, without TLS's own.", x.bytes_written);
  counter(to, "vilfredo_tls_failures_total", "TLS handshakes that failed.", x.handshakes_failed);
  counter(to, "vilfredo_event_streams_total", "Event streams begun.", x.streams);
  gauge(to, "vilfredo_event_streams", "Event streams open now.", x.streams_open);
  counter(to, "vilfredo_event_streams_dropped_total", "Event streams ended because the reader was too slow.",
          x.streams_dropped);
}

}  // namespace

std::string metrics_text(const actors::house_measures& house, const http::counters& server, const api::service& service,
                         const log_losses& lines_lost) {
  exposition out;
  service.write_metrics(out);
  write_server(out, server);
  write_experiments(out, house.feed, house.journal.experiments);
  write_machinery(out, house);
  out.counter("vilfredo_log_lines_lost_total", "Lines of the log that could not be written.");
  by<log_level>(out, "level", lines_lost);
  return out.take();
}

}  // namespace vilfredo::app
