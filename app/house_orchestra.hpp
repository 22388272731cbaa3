#pragma once
#include <shared_mutex>

#include "app/house.hpp"
#include "io/api/orchestra.hpp"

namespace vilfredo::app {

/// The house as the API sees it, as long as there is one.
class house_orchestra final : public api::orchestra {
public:
  explicit house_orchestra(house& home) : home_(&home) {}

  /// Whatever is asked from now on is refused; when it returns nobody is inside the house any more.
  void close();

  void list(then<result<std::vector<journal::entry>>> answer) override;
  void create(std::shared_ptr<const definition> what, std::string request_id, bool first,
              then<result<experiment_id>> answer) override;
  void enact(experiment_id experiment, std::function<result<request>(const ledger&)> decide,
             std::function<void(const ledger&, const answer&)> seen, then<outcome> answer) override;
  void look(experiment_id experiment, std::function<void(const ledger&)> look, then<result<void>> answer) override;
  void facts_after(experiment_id experiment, std::uint64_t sequence, std::size_t most,
                   then<result<std::shared_ptr<const std::vector<fact>>>> answer) override;
  void find(document_query what, then<result<std::vector<document>>> answer) override;
  void keep(std::vector<document_change> what, then<result<std::vector<document>>> answer) override;
  std::vector<double> importances(const definition& d, const space& domain, const history& observations,
                                  std::size_t metric) override;
  std::vector<api::pair_share> pair_importances(const definition& d, const space& domain, const history& observations,
                                                std::size_t metric) override;
  void measure(then<result<actors::house_measures>> answer);
  time_point now() override;
  std::string secret(std::size_t bytes) override;

private:
  template <class T, class Call>
  void enter(then<T>& answer, Call call);

  std::shared_mutex gate_;
  house* home_;  // null: closed
};

}  // namespace vilfredo::app
