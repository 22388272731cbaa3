#include "app/experiments.hpp"

#include "app/remote_experiments.hpp"
#include "core/replay.hpp"
#include "io/sqlite_journal.hpp"

namespace vilfredo::app {

namespace {

class stored_experiments final : public readable_experiments {
public:
  explicit stored_experiments(std::unique_ptr<journal> store) : store_(std::move(store)) {}
  result<std::vector<journal::entry>> list() override { return store_->list(); }
  result<std::shared_ptr<const ledger>> describe(experiment_id experiment) override {
    auto book = replay(*store_, experiment);
    if (!book) return book.error();
    return std::make_shared<const ledger>(*std::move(book));
  }

private:
  std::unique_ptr<journal> store_;
};

}  // namespace

result<std::unique_ptr<readable_experiments>> open_for_reading(const place& where) {
  if (where.remote()) {
    auto daemon = remote_experiments::open(where);
    if (!daemon) return daemon.error();
    return std::unique_ptr<readable_experiments>(*std::move(daemon));
  }
  auto store = io::open_sqlite_journal_for_reading(where.store);
  if (!store) return store.error();
  return std::unique_ptr<readable_experiments>(std::make_unique<stored_experiments>(*std::move(store)));
}

}  // namespace vilfredo::app
