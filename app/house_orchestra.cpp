#include "app/house_orchestra.hpp"

#include <chrono>
#include <mutex>

#include "app/random_bytes.hpp"
#include "optimizer/importance.hpp"

namespace vilfredo::app {

void house_orchestra::close() {
  std::unique_lock alone(gate_);
  home_ = nullptr;
}

template <class T, class Call>
void house_orchestra::enter(then<T>& answer, Call call) {
  {
    std::shared_lock inside(gate_);
    if (home_) return call(*home_);
  }
  answer(T{error{errc::unavailable, "the daemon is ending"}});
}

void house_orchestra::list(then<result<std::vector<journal::entry>>> answer) {
  enter(answer, [&](house& h) { h.list(std::move(answer)); });
}
void house_orchestra::create(std::shared_ptr<const definition> what, std::string request_id, bool first,
                             then<result<experiment_id>> answer) {
  enter(answer, [&](house& h) { h.create(std::move(what), std::move(request_id), first, std::move(answer)); });
}
void house_orchestra::enact(experiment_id experiment, std::function<result<request>(const ledger&)> decide,
                            std::function<void(const ledger&, const vilfredo::answer&)> seen, then<outcome> answer) {
  enter(answer, [&](house& h) { h.enact(experiment, std::move(decide), std::move(seen), std::move(answer)); });
}
void house_orchestra::look(experiment_id experiment, std::function<void(const ledger&)> look,
                           then<result<void>> answer) {
  enter(answer, [&](house& h) { h.look(experiment, std::move(look), std::move(answer)); });
}
void house_orchestra::facts_after(experiment_id experiment, std::uint64_t sequence, std::size_t most,
                                  then<result<std::shared_ptr<const std::vector<fact>>>> answer) {
  enter(answer, [&](house& h) { h.facts_after(experiment, sequence, most, std::move(answer)); });
}
void house_orchestra::find(document_query what, then<result<std::vector<document>>> answer) {
  enter(answer, [&](house& h) { h.find(std::move(what), std::move(answer)); });
}
void house_orchestra::keep(std::vector<document_change> what, then<result<std::vector<document>>> answer) {
  enter(answer, [&](house& h) { h.keep(std::move(what), std::move(answer)); });
}

void house_orchestra::measure(then<result<actors::house_measures>> answer) {
  enter(answer, [&](house& h) { h.measure(std::move(answer)); });
}

std::vector<double> house_orchestra::importances(const definition& d, const space& domain, const history& observations,
                                                 std::size_t metric) {
  return vilfredo::importances(d, domain, observations, metric);
}
std::vector<api::pair_share> house_orchestra::pair_importances(const definition& d, const space& domain,
                                                               const history& observations, std::size_t metric) {
  std::vector<api::pair_share> out;
  for (const auto& x : vilfredo::pair_importances(d, domain, observations, metric))
    out.push_back({x.first, x.second, x.together});
  return out;
}

time_point house_orchestra::now() { return std::chrono::time_point_cast<duration>(std::chrono::system_clock::now()); }

std::string house_orchestra::secret(std::size_t bytes) { return random_bytes(bytes); }

}  // namespace vilfredo::app
