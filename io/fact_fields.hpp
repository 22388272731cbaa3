#pragma once
#include <string_view>
#include <tuple>

#include "core/events.hpp"

/// Which fields each event has in a journal: the one list that both encode and decode walk.
///
/// What is written here is written in stores for ever. A new field gets a default that means "as before"; names and
/// meanings never change. A field at its default is left out of the text, so the defaults are part of the format, too.
namespace vilfredo::io {

template <class Class, class T>
struct fact_field {
  std::string_view name;
  T Class::*member;
  bool required;  ///< always written, and refused when missing
};
template <class Class, class T>
constexpr fact_field<Class, T> field(std::string_view name, T Class::*member) {
  return {name, member, false};
}
template <class Class, class T>
constexpr fact_field<Class, T> required(std::string_view name, T Class::*member) {
  return {name, member, true};
}

template <class Event>
struct fact_shape;

template <>
struct fact_shape<events::experiment_created> {
  using e = events::experiment_created;
  static constexpr std::string_view name = "experiment_created";
  static constexpr auto fields = std::tuple{required("definition", &e::definition)};
};
template <>
struct fact_shape<events::experiment_edited> {
  using e = edit_experiment;
  static constexpr std::string_view name = "experiment_edited";
  static constexpr auto fields = std::tuple{
      field("name", &e::name),
      field("observation_budget", &e::observation_budget),  // null: none any more
      field("parallel_bandwidth", &e::parallel_bandwidth),
      field("thresholds", &e::thresholds),
      field("stop_when", &e::stop_when),
      field("metadata", &e::metadata),
      field("labels", &e::labels),
  };
};
template <>
struct fact_shape<events::trial_queued> {
  using e = events::trial_queued;
  static constexpr std::string_view name = "trial_queued";
  static constexpr auto fields = std::tuple{required("trial", &e::trial), required("point", &e::point),
                                            field("task", &e::task), field("metadata", &e::metadata)};
};
template <>
struct fact_shape<events::trial_issued> {
  using e = events::trial_issued;
  static constexpr std::string_view name = "trial_issued";
  static constexpr auto fields = std::tuple{
      required("trial", &e::trial),
      field("attempt", &e::attempt),
      field("worker", &e::worker),
      field("lease", &e::lease),
      field("lease_until", &e::lease_until),
      field("point", &e::point),
      field("origin", &e::from),
      field("based_on", &e::based_on),
      field("plan", &e::plan),
      field("candidate", &e::candidate),
      field("sequence", &e::sequence),
      field("task", &e::task),
      field("resumed_from", &e::resumed_from),
      field("anew", &e::anew),
      field("metadata", &e::metadata),
  };
};
template <>
struct fact_shape<events::lease_renewed> {
  using e = events::lease_renewed;
  static constexpr std::string_view name = "lease_renewed";
  static constexpr auto fields = std::tuple{
      required("trial", &e::trial),
      field("lease", &e::lease),
      required("lease_until", &e::lease_until),
  };
};
template <>
struct fact_shape<events::progress_reported> {
  using e = events::progress_reported;
  static constexpr std::string_view name = "progress_reported";
  static constexpr auto fields = std::tuple{
      required("trial", &e::trial),
      field("attempt", &e::attempt),
      required("step", &e::step),
      required("values", &e::values),
  };
};
template <>
struct fact_shape<events::trial_completed> {
  using e = events::trial_completed;
  static constexpr std::string_view name = "trial_completed";
  static constexpr auto fields = std::tuple{
      required("trial", &e::trial),    field("attempt", &e::attempt), required("observation", &e::observation),
      required("values", &e::values),  field("stddevs", &e::stddevs), field("late", &e::late),
      field("metadata", &e::metadata),
  };
};
template <>
struct fact_shape<events::trial_failed> {
  using e = events::trial_failed;
  static constexpr std::string_view name = "trial_failed";
  static constexpr auto fields = std::tuple{
      required("trial", &e::trial), field("attempt", &e::attempt),   required("observation", &e::observation),
      field("reason", &e::reason),  field("metadata", &e::metadata),
  };
};
template <>
struct fact_shape<events::trial_returned> {
  using e = events::trial_returned;
  static constexpr std::string_view name = "trial_returned";
  static constexpr auto fields = std::tuple{
      required("trial", &e::trial), field("attempt", &e::attempt),   required("cause", &e::cause),
      field("reason", &e::reason),  field("retry_at", &e::retry_at),
  };
};
template <>
struct fact_shape<events::trial_cancelled> {
  using e = events::trial_cancelled;
  static constexpr std::string_view name = "trial_cancelled";
  static constexpr auto fields = std::tuple{required("trial", &e::trial), field("reason", &e::reason)};
};
template <>
struct fact_shape<events::result_discarded> {
  using e = events::result_discarded;
  static constexpr std::string_view name = "result_discarded";
  static constexpr auto fields =
      std::tuple{required("trial", &e::trial), field("attempt", &e::attempt), field("values", &e::values)};
};
template <>
struct fact_shape<events::observation_added> {
  using e = observation;
  static constexpr std::string_view name = "observation_added";
  static constexpr auto fields = std::tuple{
      required("observation", &e::id),
      field("trial", &e::trial),
      required("point", &e::point),
      field("values", &e::values),
      field("stddevs", &e::stddevs),
      field("failure", &e::failure),
      field("at", &e::at),
      field("stopped_at", &e::stopped_at),
      field("task", &e::task),
      field("metadata", &e::metadata),
  };
};
template <>
struct fact_shape<events::observation_edited> {
  using e = events::observation_edited;
  static constexpr std::string_view name = "observation_edited";
  static constexpr auto fields = std::tuple{
      required("observation", &e::observation),
      field("values", &e::values),
      field("stddevs", &e::stddevs),
      field("failure", &e::failure),
      field("metadata", &e::metadata),  // null: none any more
  };
};
template <>
struct fact_shape<events::observation_deleted> {
  using e = events::observation_deleted;
  static constexpr std::string_view name = "observation_deleted";
  static constexpr auto fields = std::tuple{required("observation", &e::observation)};
};
template <>
struct fact_shape<events::trial_deleted> {
  using e = events::trial_deleted;
  static constexpr std::string_view name = "trial_deleted";
  static constexpr auto fields = std::tuple{required("trial", &e::trial)};
};
template <>
struct fact_shape<events::plan_made> {
  using e = events::plan_made;
  static constexpr std::string_view name = "plan_made";
  static constexpr auto fields = std::tuple{
      required("plan", &e::plan),          field("based_on", &e::based_on), field("sampler", &e::sampler),
      field("candidates", &e::candidates), field("hint", &e::hint),         field("note", &e::note),
      field("timeless", &e::timeless),     field("last", &e::last),         field("tasks", &e::tasks),
  };
};
template <>
struct fact_shape<events::plan_failed> {
  using e = events::plan_failed;
  static constexpr std::string_view name = "plan_failed";
  static constexpr auto fields =
      std::tuple{field("based_on", &e::based_on), field("sampler", &e::sampler), field("reason", &e::reason)};
};
template <>
struct fact_shape<events::experiment_paused> {
  static constexpr std::string_view name = "experiment_paused";
  static constexpr std::tuple<> fields{};
};
template <>
struct fact_shape<events::experiment_resumed> {
  static constexpr std::string_view name = "experiment_resumed";
  static constexpr std::tuple<> fields{};
};
template <>
struct fact_shape<events::experiment_archived> {
  static constexpr std::string_view name = "experiment_archived";
  static constexpr std::tuple<> fields{};
};
template <>
struct fact_shape<events::experiment_stopped> {
  using e = events::experiment_stopped;
  static constexpr std::string_view name = "experiment_stopped";
  static constexpr auto fields = std::tuple{field("rule", &e::rule), field("reason", &e::reason)};
};

template <>
struct fact_shape<events::trial_stopped> {
  using e = events::trial_stopped;
  static constexpr std::string_view name = "trial_stopped";
  static constexpr auto fields = std::tuple{
      required("trial", &e::trial), field("attempt", &e::attempt),  required("observation", &e::observation),
      required("step", &e::step),   required("values", &e::values), field("rule", &e::rule),
      field("reason", &e::reason),
  };
};

template <>
struct fact_shape<events::trial_paused> {
  using e = events::trial_paused;
  static constexpr std::string_view name = "trial_paused";
  static constexpr auto fields =
      std::tuple{required("trial", &e::trial), field("attempt", &e::attempt), required("step", &e::step),
                 field("rule", &e::rule), field("reason", &e::reason)};
};
template <>
struct fact_shape<events::attempt_ended> {
  using e = events::attempt_ended;
  static constexpr std::string_view name = "attempt_ended";
  static constexpr auto fields =
      std::tuple{required("trial", &e::trial), field("attempt", &e::attempt), field("checkpoint", &e::checkpoint)};
};
template <>
struct fact_shape<events::trial_annotated> {
  using e = events::trial_annotated;
  static constexpr std::string_view name = "trial_annotated";
  static constexpr auto fields = std::tuple{
      required("trial", &e::trial),
      field("metadata", &e::metadata),  // null: none any more
      field("hidden", &e::hidden),
  };
};
template <>
struct fact_shape<events::batch_begun> {
  using e = events::batch_begun;
  static constexpr std::string_view name = "batch_begun";
  static constexpr auto fields = std::tuple{required("size", &e::size), required("first", &e::first)};
};

/// The object that an event's fields belong to.
template <class E>
auto& fact_body(E& x) {
  if constexpr (std::is_same_v<std::remove_const_t<E>, events::observation_added>)
    return x.observation;
  else if constexpr (std::is_same_v<std::remove_const_t<E>, events::experiment_edited>)
    return x.changes;
  else
    return x;
}

}  // namespace vilfredo::io
