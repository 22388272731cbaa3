#include "core/replay.hpp"

#include <optional>
#include <string>

namespace vilfredo {

result<ledger> replay(journal& store, experiment_id experiment) {
  std::optional<ledger> book;
  std::optional<error> broken;
  auto read = store.load(experiment, [&](fact&& next) {
    if (book) {
      if (auto applied = book->apply(next); !applied) broken = applied.error();
    } else if (auto opened = ledger::open(next)) {
      book = *std::move(opened);
    } else {
      broken = opened.error();
    }
    return !broken;
  });
  if (!read) return read.error();
  if (broken) return *broken;
  if (!book) return error{errc::not_found, "there is no experiment " + std::to_string(experiment.number)};
  return *std::move(book);
}

}  // namespace vilfredo
