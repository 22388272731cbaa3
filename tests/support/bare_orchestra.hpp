#pragma once
#include <memory>
#include <string>
#include <vector>

#include "io/api/orchestra.hpp"

namespace vilfredo::test {

/// A house of which nobody can ask anything, for tests that need but one of its answers.
class bare_orchestra : public api::orchestra {
public:
  time_point time{};

  void list(then<result<std::vector<journal::entry>>> answer) override { answer(none()); }
  void create(std::shared_ptr<const definition>, std::string, bool, then<result<experiment_id>> answer) override {
    answer(none());
  }
  void enact(experiment_id, std::function<result<request>(const ledger&)>,
             std::function<void(const ledger&, const answer&)>, then<outcome> to) override {
    to(none());
  }
  void look(experiment_id, std::function<void(const ledger&)>, then<result<void>> answer) override { answer(none()); }
  void facts_after(experiment_id, std::uint64_t, std::size_t,
                   then<result<std::shared_ptr<const std::vector<fact>>>> answer) override {
    answer(none());
  }
  void find(document_query, then<result<std::vector<document>>> answer) override { answer(none()); }
  void keep(std::vector<document_change>, then<result<std::vector<document>>> answer) override { answer(none()); }
  std::vector<double> importances(const definition&, const space&, const history&, std::size_t) override { return {}; }
  std::vector<api::pair_share> pair_importances(const definition&, const space&, const history&, std::size_t) override {
    return {};
  }
  time_point now() override { return time; }
  std::string secret(std::size_t bytes) override { return std::string(bytes, 'x'); }

private:
  static error none() { return {errc::internal, "nobody asks this here"}; }
};

}  // namespace vilfredo::test
