#include "io/api/call.hpp"

#include "core/random.hpp"
#include "core/request_id.hpp"
#include "io/api/access.hpp"
#include "io/api/body.hpp"
#include "io/api/query.hpp"

namespace vilfredo::api {

const char* to_string(permission x) {
  return x == permission::read ? "read" : x == permission::execute ? "execute" : "write";
}

std::optional<permission> permission_named(std::string_view word) {
  for (auto x : {permission::read, permission::execute, permission::write})
    if (word == to_string(x)) return x;
  return std::nullopt;
}

void not_found() { throw refusal{404, "The requested resource could not be found"}; }

void refuse_reuse(const call& c) {
  throw refusal{
      422,
      "The idempotency key \"" + c.given_key() +
          "\" was used for another request: one of another path, or with another body. Send that one again as "
          "it was, or use a new key for this one",
      {{"code", to_string(errc::reused)}}};
}

std::uint64_t call::number(std::size_t place) const {
  auto out = digits(path.at(place));
  if (!out) not_found();
  return *out;
}

experiment_id call::experiment(std::size_t place) const {
  experiment_id out{number(place)};
  if (!out || (who.only && *who.only != out)) not_found();
  return out;
}

std::string call::given_key() const {
  constexpr std::size_t longest = 200;
  std::string out;
  if (auto* key = request.header("idempotency-key")) {
    out = *key;
  } else if (auto found = body.find("request_id"); found != body.end() && !found->is_null()) {
    if (!found->is_string()) wrong_type("request_id", *found, "string");
    out = found->get<std::string>();
  }
  if (out.size() > longest)
    throw refusal{400, "The length of the idempotency key must be at most " + std::to_string(longest)};
  return out;
}

std::string call::key() const {
  auto given = given_key();
  // Two callers may choose the same.
  return given.empty() ? given : who.hash.substr(0, 16) + "/" + given;
}

std::string call::request_id() const {
  auto out = key();
  return out.empty() ? own_id : with_print(print(), out);
}

std::uint32_t call::print() const {
  auto asked = request.method + " " + request.path + "\n";
  for (const auto& [name, value] : body.items())
    if (name != "request_id" && name != "wait") asked += name + "=" + value.dump() + "\n";
  const auto hash = stable_hash(asked);
  const auto out = static_cast<std::uint32_t>(hash ^ hash >> 32);
  return out == 0 ? 1 : out;
}

task<answer> call::carry_out(experiment_id x, command what, std::string request_id) {
  vilfredo::request sent{std::move(request_id), std::move(what)};
  auto begin = [&](std::function<void(outcome)> answer) {
    auto decide = [sent = std::move(sent)](const ledger&) mutable -> result<vilfredo::request> {
      return std::move(sent);
    };
    house.enact(x, std::move(decide), {}, std::move(answer));
  };
  auto waiting = wait<outcome>(begin);
  outcome how = co_await waiting;
  if (!how && how.error().code == errc::reused) refuse_reuse(*this);
  co_return value_or_refuse(std::move(how));
}

task<std::vector<journal::entry>> call::list() {
  using listing = result<std::vector<journal::entry>>;
  auto begin = [this](std::function<void(listing)> answer) { house.list(std::move(answer)); };
  auto waiting = wait<listing>(begin);
  listing how = co_await waiting;
  co_return value_or_refuse(std::move(how));
}

task<experiment_id> call::create(std::shared_ptr<const definition> what, bool first) {
  auto begin = [this, &what, first](std::function<void(result<experiment_id>)> answer) {
    house.create(what, request_id(), first, std::move(answer));
  };
  auto waiting = wait<result<experiment_id>>(begin);
  result<experiment_id> how = co_await waiting;
  co_return value_or_refuse(std::move(how));
}

task<std::vector<document>> call::find(document_query what) {
  using found = result<std::vector<document>>;
  auto begin = [this, &what](std::function<void(found)> answer) { house.find(what, std::move(answer)); };
  auto waiting = wait<found>(begin);
  found how = co_await waiting;
  co_return value_or_refuse(std::move(how));
}

task<document> call::need(std::string collection, std::string key) {
  document_query query{std::move(collection), std::move(key)};
  auto found = co_await find(std::move(query));
  if (found.empty()) not_found();
  co_return std::move(found.front());
}

task<std::vector<document>> call::keep(std::vector<document_change> what) {
  using kept = result<std::vector<document>>;
  auto begin = [this, &what](std::function<void(kept)> answer) { house.keep(std::move(what), std::move(answer)); };
  auto waiting = wait<kept>(begin);
  kept how = co_await waiting;
  co_return value_or_refuse(std::move(how));
}

}  // namespace vilfredo::api
