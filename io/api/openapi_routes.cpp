#include "io/api/openapi.hpp"
#include "io/api/routes.hpp"

namespace vilfredo::api {

namespace {
task<nlohmann::json> show(call&) {
  static const auto document = openapi_document(all_routes());
  co_return document;
}
}  // namespace

std::vector<route> openapi_routes() {
  using enum permission;
  return {{"GET", "/openapi.json", show, "Show this document", read, true}};
}

}  // namespace vilfredo::api
