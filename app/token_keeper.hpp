#pragma once
#include <memory>
#include <string>
#include <vector>

#include "app/place.hpp"
#include "core/error.hpp"
#include "core/ports.hpp"
#include "io/remote/tokens.hpp"

namespace vilfredo::app {

/// Who may ask a daemon, as it keeps them itself, or in its store while it does not run. `which` is as lists show it.
class token_keeper {
public:
  virtual ~token_keeper() = default;
  /// All that were not replaced, in the order they were made.
  virtual result<std::vector<remote::token>> list() = 0;
  virtual result<remote::token> create(const remote::token_wish& wanted) = 0;
  virtual result<remote::token> rotate(const std::string& which) = 0;
  virtual result<void> revoke(const std::string& which) = 0;
};

/// A store that a daemon holds is refused.
result<std::unique_ptr<token_keeper>> keeper_of(const place& where);
std::unique_ptr<token_keeper> keeper_of(std::unique_ptr<journal> store);

}  // namespace vilfredo::app
