#include "io/api/once.hpp"

#include "core/request_id.hpp"

namespace vilfredo::api {

document_change claim(const call& c, const std::string& what, std::optional<std::uint64_t> version) {
  return {"request", c.key(), version, with_print(c.print(), what), c.house.now()};
}

task<std::optional<document>> claimed(call& c) {
  document_query query{"request", c.key()};
  auto found = co_await c.find(query);
  if (found.empty()) co_return std::nullopt;
  auto& out = found.front();
  if (!goes_with(print_of(out.body), c.print())) refuse_reuse(c);
  out.body = std::string(bare_id(out.body));
  co_return std::move(out);
}

}  // namespace vilfredo::api
