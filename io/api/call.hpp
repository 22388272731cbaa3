#pragma once
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "io/api/orchestra.hpp"
#include "io/api/refusal.hpp"
#include "io/api/run_index.hpp"
#include "io/api/task.hpp"
#include "io/http/message.hpp"

namespace vilfredo::api {

class access_list;

/// Who asks, by his token.
struct caller {
  std::string token;  ///< its key among the documents: the hash, never the token itself
  std::string name;   ///< for the log
  bool may_write = false;
  std::optional<experiment_id> only;  ///< a share token shows one experiment
  bool development = false;
};

/// One request on its way: what was asked, by whom, and the doors to the house. Awaiting anything here may continue on
/// another thread.
struct call {
  http::request request;
  nlohmann::json body;
  std::vector<std::string> path;  ///< what stood in the places of the route's pattern
  caller who;
  orchestra& house;
  access_list* access;
  run_index* runs;
  const callback<int>::executor& resume;

  /// The number in a place of the path.
  std::uint64_t number(std::size_t place) const;
  /// A place that names an experiment which this caller may see.
  experiment_id experiment(std::size_t place = 0) const;
  /// What makes a repeated request give the same answer: `Idempotency-Key`, or `request_id` in the body; empty:
  /// nothing.
  std::string request_id() const;

  template <class T>
  callback<T> wait(std::function<void(std::function<void(T)>)> begin) {
    return callback<T>(resume, std::move(begin));
  }
  task<answer> carry_out(experiment_id x, command what, std::string request_id = {});
  /// What `extract` makes of the ledger; it may throw a refusal.
  template <class F>
  auto look(experiment_id x, F extract) -> task<std::invoke_result_t<F, const ledger&>>;

  task<std::vector<journal::entry>> list();
  /// By this request's id, if it has one.
  task<experiment_id> create(std::shared_ptr<const definition> what);

  task<std::vector<document>> find(document_query what);
  /// Throws a refusal of 404 with the usual sentence when there is none.
  task<document> need(std::string collection, std::string key);
  task<std::vector<document>> keep(std::vector<document_change> what);
};

[[noreturn]] void not_found();

template <class F>
auto call::look(experiment_id x, F extract) -> task<std::invoke_result_t<F, const ledger&>> {
  using T = std::invoke_result_t<F, const ledger&>;
  struct seen {
    std::optional<T> value;
    std::exception_ptr thrown;
  };
  auto out = std::make_shared<seen>();
  std::function<void(const ledger&)> look = [out, extract = std::move(extract)](const ledger& book) {
    try {
      out->value.emplace(extract(book));
    } catch (...) {
      out->thrown = std::current_exception();
    }
  };
  auto begin = [this, x, look](std::function<void(result<void>)> answer) { house.look(x, look, std::move(answer)); };
  auto waiting = wait<result<void>>(begin);
  result<void> how = co_await waiting;
  if (out->thrown) std::rethrow_exception(out->thrown);
  if (!how) {
    if (how.error().code == errc::not_found) not_found();
    throw refusal{status_of(how.error().code), how.error().message};
  }
  co_return *std::move(out->value);
}

}  // namespace vilfredo::api
