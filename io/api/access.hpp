#pragma once
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "core/ports.hpp"
#include "io/api/call.hpp"
#include "io/http/message.hpp"

namespace vilfredo::api {

/// A token as it is kept: its hash and what it may do, never its text.
struct token_record {
  std::string hash;  ///< SHA-256 of the text, in hexadecimal
  std::string name;
  std::string type = "client-api";  ///< client-api, client-dev, guest
  permission may = permission::write;
  std::optional<std::int64_t> expires;      ///< seconds since 1970
  std::optional<experiment_id> only;        ///< guest: of one experiment
  bool rotated = false;                     ///< replaced by another
  std::optional<std::string> project = {};  ///< what it shows and changes; none: all

  bool for_development() const { return type == "client-dev"; }
};

nlohmann::json to_json(const token_record& x);
token_record read_token(const document& x);
std::string hash_of(std::string_view token);
/// A new text and its record.
std::string fresh_token(std::string_view random_bytes);

/// Who may come in. Shared by all threads; a lookup is by hash, so what it costs says nothing of the tokens there are.
class access_list {
public:
  void put(const token_record& x);
  void remove(const std::string& hash);
  /// Null: there is none.
  std::shared_ptr<const token_record> find(const std::string& hash) const;
  std::size_t size() const;
  /// Whether this token opens anything at all.
  bool admits(const std::string& hash, time_point now) const;

  /// Who sends this request, by its Basic authorization; throws the refusal that belongs to what is wrong.
  std::shared_ptr<const token_record> admit(const http::request& from, time_point now) const;

private:
  mutable std::mutex mutex_;
  std::map<std::string, std::shared_ptr<const token_record>> all_;
};

/// The token's text, as the request brings it; throws 401 or 400.
std::string presented_token(const http::request& from);

}  // namespace vilfredo::api
