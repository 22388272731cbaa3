#pragma once
#include <vector>

#include <nlohmann/json.hpp>

#include "io/api/router.hpp"

namespace vilfredo::api {

/// What a route takes and gives, by the names of schemas.hpp.
struct operation {
  const char* method;
  const char* pattern;
  const char* query;  ///< names with blanks between them; `page`: what lists have
  const char* takes;  ///< the body; empty: none
  const char* gives;  ///< in brackets: a page of these, `A|B` of either; `stream`: server-sent events; `any`
};
/// One for each route.
const std::vector<operation>& operations();

/// The OpenAPI 3.1 document of these routes. OpenAPI has no word for the method MERGE, so it stands as `x-merge`.
nlohmann::json openapi_document(const std::vector<route>& routes);

}  // namespace vilfredo::api
