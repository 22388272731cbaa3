#pragma once
#include <exception>
#include <functional>
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
#include "io/http/exchange.hpp"
#include "io/http/message.hpp"

namespace vilfredo::api {

class access_list;
struct token_record;
class event_hub;

/// What a token lets its holder do; each includes those before it.
enum class permission {
  read,
  execute,  ///< ask for suggestions and tell what came of them, as workers do
  write
};
const char* to_string(permission x);
std::optional<permission> permission_named(std::string_view word);

/// An answer that its action has written as text, and what the log says of it.
struct written_answer {
  std::string object, id;
  std::string text;
};

/// One request on its way: what was asked, by whom, and the doors to the house. Awaiting anything here may continue on
/// another thread.
struct call {
  const http::request& request;
  nlohmann::json body;
  std::vector<std::string> path;  ///< what stood in the places of the route's pattern
  const token_record& who;        ///< whose token came with it
  orchestra& house;
  access_list* access;
  run_index* runs;
  event_hub* events;
  const executor& resume;
  /// Set by an action that answers with a stream instead of its value.
  std::function<void(http::exchange&)> stream = {};
  /// Set by an action that has written its answer itself, instead of its value.
  std::optional<written_answer> written = {};

  /// Of a route that is brief; otherwise nothing.
  executor resume_near = {};
  /// Stands in for the request's id where it has none.
  std::string own_id = {};

  /// The number in a place of the path.
  std::uint64_t number(std::size_t place) const;
  /// A place that names an experiment which this caller may see.
  experiment_id experiment(std::size_t place = 0) const;
  /// What makes a repeated request give the same answer: `Idempotency-Key`, or `request_id` in the body, of this caller
  /// and with a fingerprint; empty: nothing.
  std::string request_id() const;
  /// The same without the fingerprint: what documents are found by.
  std::string key() const;
  /// As the client wrote it; empty: it gave none.
  std::string given_key() const;
  /// Of the method, the path, and what is asked in the body; never 0. How long one would wait for the answer is no part
  /// of what is asked.
  std::uint32_t print() const;

  /// `begin` is given what it must call exactly once, with a T.
  template <class T, class Begin>
  callback<T, Begin> wait(Begin begin) {
    return callback<T, Begin>(resume_near ? resume_near : resume, std::move(begin));
  }
  task<answer> carry_out(experiment_id x, command what, std::string request_id = {});
  /// What `extract` makes of the ledger; it may throw a refusal.
  template <class F>
  auto look(experiment_id x, F extract) -> task<std::invoke_result_t<F, const ledger&>>;
  /// Carries out the command that `decide` makes of the ledger, by this request's id, and gives what `extract` makes of
  /// the ledger and the answer right after it. Both may throw a refusal.
  template <class Decide, class Extract>
  auto enact(experiment_id x, Decide decide, Extract extract)
      -> task<std::invoke_result_t<Extract, const ledger&, const answer&>>;

  task<std::vector<journal::entry>> list();
  /// By this request's id, if it has one; `first` when nobody has asked by it before.
  task<experiment_id> create(std::shared_ptr<const definition> what, bool first);

  task<std::vector<document>> find(document_query what);
  /// Throws a refusal of 404 with the usual sentence when there is none.
  task<document> need(std::string collection, std::string key);
  task<std::vector<document>> keep(std::vector<document_change> what);
};

[[noreturn]] void not_found();
/// Of a key that was used for another request.
[[noreturn]] void refuse_reuse(const call& c);

/// What was made of a ledger on the experiment's thread, on its way back.
template <class T>
struct made_there {
  std::optional<T> value;
  std::exception_ptr thrown;

  template <class Make>
  void make(Make make) {
    try {
      value.emplace(make());
    } catch (...) {
      thrown = std::current_exception();
    }
  }
};

template <class F>
auto call::look(experiment_id x, F extract) -> task<std::invoke_result_t<F, const ledger&>> {
  auto out = std::make_shared<made_there<std::invoke_result_t<F, const ledger&>>>();
  std::function<void(const ledger&)> look = [out, extract = std::move(extract)](const ledger& book) {
    out->make([&] { return extract(book); });
  };
  auto begin = [this, x, look](std::function<void(result<void>)> answer) { house.look(x, look, std::move(answer)); };
  auto waiting = wait<result<void>>(begin);
  result<void> how = co_await waiting;
  if (out->thrown) std::rethrow_exception(out->thrown);
  if (!how && how.error().code == errc::not_found) not_found();
  value_or_refuse(std::move(how));
  co_return *std::move(out->value);
}

template <class Decide, class Extract>
auto call::enact(experiment_id x, Decide decide, Extract extract)
    -> task<std::invoke_result_t<Extract, const ledger&, const answer&>> {
  // These live here, in the coroutine, which goes on when the house has no more use for them; so what crosses to the
  // experiment is small.
  made_there<vilfredo::request> wanted;
  made_there<std::invoke_result_t<Extract, const ledger&, const answer&>> out;
  auto make = [&wanted, &decide, id = request_id()](const ledger& book) mutable -> result<vilfredo::request> {
    wanted.make([&] { return vilfredo::request{std::move(id), decide(book)}; });
    return wanted.value ? result<vilfredo::request>{*std::move(wanted.value)} : error{errc::invalid, "refused"};
  };
  auto see = [&out, &extract](const ledger& book, const answer& a) { out.make([&] { return extract(book, a); }); };
  auto begin = [&](std::function<void(outcome)> answer) {
    house.enact(x, std::ref(make), std::ref(see), std::move(answer));
  };
  auto waiting = wait<outcome>(begin);
  outcome how = co_await waiting;
  for (const auto* thrown : {&wanted.thrown, &out.thrown})
    if (*thrown) std::rethrow_exception(*thrown);
  if (!how && how.error().code == errc::reused) refuse_reuse(*this);
  // A trial that is not there has a sentence of its own; an experiment has the usual one.
  if (!how && how.error().code == errc::not_found && !wanted.value) not_found();
  value_or_refuse(std::move(how));
  co_return *std::move(out.value);
}

}  // namespace vilfredo::api
