#include <unistd.h>

#include "app/cli/verbs.hpp"
#include "app/overview.hpp"
#include "app/reading.hpp"
#include "app/say.hpp"
#include "app/terminal.hpp"
#include "io/store_lock.hpp"

namespace vilfredo::app::cli {

namespace {

/// Whether anybody works on an experiment of a store, as far as it can be known; a store says only what was stored.
view::line at_work(pid_t writer) {
  if (writer > 0) return {{"process " + std::to_string(writer) + " writes the store", view::tone::faint}};
  return {{"no process writes the store, so nothing of it runs; the same command goes on", view::tone::warning}};
}

}  // namespace

exit_code status(const status_options& options) {
  auto one = read_one(options.where, options.experiment);
  if (!one) return refuse(one.error());
  const address where{options.where.name(), one->id, options.where.remote()};
  if (options.format == output_format::json)
    return hand_over(
        overview_json(where, *one->book).dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n");
  auto how = style_of(STDOUT_FILENO);
  auto told = overview(where, *one->book, how);
  const auto writer = where.remote ? std::nullopt : io::writer_of(options.where.store);
  if (writer && one->book->state() == experiment_state::active) told.insert(told.begin() + 1, at_work(*writer));
  return hand_over(view::paint(told, how));
}

}  // namespace vilfredo::app::cli
