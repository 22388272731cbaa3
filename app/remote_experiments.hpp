#pragma once
#include <cstdint>
#include <memory>
#include <string>

#include "app/experiments.hpp"

namespace vilfredo::app {

/// The experiments of a daemon. What could not be answered is not tried again: a person is there to do it.
class remote_experiments final : public experiments {
public:
  static result<std::unique_ptr<remote_experiments>> open(const place& where);

  result<std::vector<journal::entry>> list() override { return daemon_->list(); }
  result<std::shared_ptr<const ledger>> describe(experiment_id experiment) override;
  result<experiment_id> create(const definition& what, std::size_t namesakes) override;
  outcome carry_out(experiment_id experiment, command what) override;

private:
  explicit remote_experiments(std::unique_ptr<remote::orchestra> daemon);

  std::unique_ptr<remote::orchestra> daemon_;
  std::string nonce_;
  std::uint64_t requests_ = 0;
};

}  // namespace vilfredo::app
