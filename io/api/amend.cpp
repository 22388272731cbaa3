#include "io/api/amend.hpp"

#include "io/api/reading.hpp"
#include "io/api/run_form.hpp"

namespace vilfredo::api {

using nlohmann::json;

namespace {
constexpr int most_tries = 20;  // against others who change the same run
}

task<std::vector<document>> amend(call& c, std::string key, std::function<void(json&)> edit,
                                  std::vector<document_change> besides) {
  for (int i = 0;; ++i) {
    auto x = co_await c.need("run", key);
    auto run = contents(x);
    edit(run);
    std::vector<document_change> changes{{"run", key, x.version, run.dump(), c.house.now()}};
    changes.insert(changes.end(), besides.begin(), besides.end());
    try {
      auto kept = co_await c.keep(std::move(changes));
      c.runs->put(kept.front().number, kept.front().version, index_entry(kept.front()));
      co_return kept;
    } catch (const refusal& why) {
      if (why.status != 409 || i >= most_tries) throw;
    }
  }
}
task<document> amend(call& c, std::string key, std::function<void(json&)> edit) {
  std::vector<document_change> nothing;
  auto kept = co_await amend(c, std::move(key), std::move(edit), std::move(nothing));
  co_return std::move(kept.front());
}

std::uint64_t number_in(const json& field) { return std::stoull(field.get<std::string>()); }

}  // namespace vilfredo::api
