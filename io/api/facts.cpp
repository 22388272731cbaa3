#include "io/api/access.hpp"
#include "io/api/query.hpp"
#include "io/api/redacted.hpp"
#include "io/api/routes.hpp"
#include "io/fact_codec.hpp"

namespace vilfredo::api {

namespace {
using nlohmann::json;

constexpr std::int64_t most_facts = 1000;
constexpr std::size_t enough_bytes = 4 * 1024 * 1024;  // a page ends with the fact that reaches it

std::uint64_t read_since(const http::request& from) {
  auto x = query_integer(from, "since").value_or(0);
  if (x < 0) throw refusal{400, "since must be greater than or equal to 0"};
  return static_cast<std::uint64_t>(x);
}

std::size_t read_limit(const http::request& from) {
  auto x = query_integer(from, "limit").value_or(most_facts);
  if (x < 1 || x > most_facts) throw refusal{400, "limit must be between 1 and " + std::to_string(most_facts)};
  return static_cast<std::size_t>(x);
}

/// What happened, as the store keeps it, so that whoever folds it has the ledger that the daemon has. Without request
/// ids, which are between us and those who asked; and for share tokens without the program that is run.
task<json> list(call& c) {
  using answer = result<std::shared_ptr<const std::vector<fact>>>;
  auto id = c.experiment();
  auto since = read_since(c.request);
  auto most = read_limit(c.request);
  // Of an experiment that there is not, the store has no facts, which would look like an end.
  auto stored = co_await c.look(id, [](const ledger& book) { return book.facts(); });
  auto begin = [&](std::function<void(answer)> then) { c.house.facts_after(id, since, most, std::move(then)); };
  auto waiting = c.wait<answer>(begin);
  answer how = co_await waiting;
  auto facts = value_or_refuse(std::move(how));
  json data = json::array();
  std::size_t bytes = 0;
  for (const auto& x : *facts) {
    if (bytes >= enough_bytes) break;
    auto text = io::encode(c.who.only ? redacted(x).what : x.what);
    bytes += text.size();
    data.push_back({{"sequence", x.sequence}, {"at", x.at.time_since_epoch().count()}, {"fact", std::move(text)}});
  }
  co_return json{{"object", "facts"}, {"count", stored}, {"data", std::move(data)}};
}

}  // namespace

std::vector<route> fact_routes() {
  return {{"GET", "/experiments/:id/facts", list, "What happened, in order", permission::read, true}};
}

}  // namespace vilfredo::api
