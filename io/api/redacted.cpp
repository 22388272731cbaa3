#include "io/api/redacted.hpp"

#include <memory>
#include <utility>
#include <variant>

namespace vilfredo::api {

fact redacted(fact x) {
  auto* made = std::get_if<events::experiment_created>(&x.what);
  if (!made || !made->definition->run) return x;
  auto shown = *made->definition;
  shown.run.reset();
  made->definition = std::make_shared<const definition>(std::move(shown));
  return x;
}

}  // namespace vilfredo::api
