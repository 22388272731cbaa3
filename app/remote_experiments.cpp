#include "app/remote_experiments.hpp"

#include "app/nonce.hpp"
#include "io/api/access.hpp"

namespace vilfredo::app {

remote_experiments::remote_experiments(std::unique_ptr<remote::orchestra> daemon)
    : daemon_(std::move(daemon)), nonce_(fresh_nonce()) {}

result<std::unique_ptr<remote_experiments>> remote_experiments::open(const place& where) {
  auto access = access_to(where);
  if (!access) return access.error();
  auto daemon = remote::orchestra::make(*access);
  if (!daemon) return daemon.error();
  return std::unique_ptr<remote_experiments>(new remote_experiments(*std::move(daemon)));
}

result<std::shared_ptr<const ledger>> remote_experiments::describe(experiment_id experiment) {
  auto book = daemon_->describe(experiment);
  if (!book) return book.error();
  return std::make_shared<const ledger>(*std::move(book));
}

result<experiment_id> remote_experiments::create(const definition& what, std::size_t namesakes) {
  // The same for whoever looks at the same time, another once that one is archived.
  return daemon_->create(what, "submit/" + api::hash_of(std::to_string(namesakes) + "/" + what.name));
}

outcome remote_experiments::carry_out(experiment_id experiment, command what) {
  return daemon_->carry_out(experiment, {nonce_ + "/" + std::to_string(++requests_), std::move(what)});
}

}  // namespace vilfredo::app
