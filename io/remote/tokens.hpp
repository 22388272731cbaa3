#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/error.hpp"
#include "io/remote/orchestra.hpp"

/// Who may ask a daemon.
namespace vilfredo::remote {

struct token {
  std::string text;  ///< itself where it was made just now, or the start of its hash, after an ellipsis
  std::string name, type, permissions;
  std::optional<std::int64_t> expires;        ///< seconds since 1970
  std::optional<std::uint64_t> experiment{};  ///< it shows this one alone
  std::optional<std::string> project{};       ///< it shows and changes what is of this one alone
};
struct token_wish {
  std::string name, permissions;
  std::optional<std::int64_t> expires{};
  std::optional<std::string> project{};
};

/// All that were not replaced, in the order they were made.
result<std::vector<token>> list_tokens(orchestra& of);
result<token> create_token(orchestra& of, const token_wish& wanted);
/// Replaced by a new text, which alone is taken from now on. `which` is as lists show it.
result<token> rotate_token(orchestra& of, const std::string& which);
result<void> revoke_token(orchestra& of, const std::string& which);

}  // namespace vilfredo::remote
