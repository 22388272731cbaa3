#include "io/api/access.hpp"

#include <openssl/crypto.h>

#include "io/api/base64.hpp"
#include "io/api/digest.hpp"
#include "io/api/objects.hpp"
#include "io/json_text.hpp"

namespace vilfredo::api {

using nlohmann::json;

std::string hash_of(std::string_view token) {
  std::string out;
  for (const char c : sha256(token)) {
    const auto byte = static_cast<unsigned char>(c);
    out += "0123456789abcdef"[byte >> 4];
    out += "0123456789abcdef"[byte & 15];
  }
  return out;
}

std::string fresh_token(std::string_view random_bytes) { return to_base64(random_bytes); }

json to_json(const token_record& x) {
  json out{{"name", x.name}, {"type", x.type}, {"permissions", to_string(x.may)}};
  if (x.expires) out["expires"] = *x.expires;
  if (x.only) out["experiment"] = x.only->number;
  if (x.rotated) out["rotated"] = true;
  if (x.project) out["project"] = *x.project;
  return out;
}

token_record read_token(const document& x) {
  token_record out;
  out.hash = x.key;
  auto all = io::parse_json(x.body);
  if (!all || !all->is_object()) {
    out.rotated = true;  // one that cannot be read opens nothing
    return out;
  }
  out.name = all->value("name", "");
  out.type = all->value("type", "client-api");
  out.may = permission_named(all->value("permissions", "")).value_or(permission::read);
  if (all->value("may_write", false)) out.may = permission::write;  // as it was once written
  if (all->contains("expires")) out.expires = all->at("expires").get<std::int64_t>();
  if (all->contains("experiment")) out.only = experiment_id{all->at("experiment").get<std::uint64_t>()};
  out.rotated = all->value("rotated", false);
  if (all->contains("project")) out.project = all->at("project").get<std::string>();
  return out;
}

void access_list::put(const token_record& x) {
  auto kept = std::make_shared<const token_record>(x);
  std::lock_guard hold(mutex_);
  all_[kept->hash] = std::move(kept);
}
void access_list::remove(const std::string& hash) {
  std::lock_guard hold(mutex_);
  all_.erase(hash);
}
std::shared_ptr<const token_record> access_list::find(const std::string& hash) const {
  std::lock_guard hold(mutex_);
  auto found = all_.find(hash);
  return found == all_.end() ? nullptr : found->second;
}
std::size_t access_list::size() const {
  std::lock_guard hold(mutex_);
  return all_.size();
}

bool access_list::admits(const std::string& hash, time_point now) const {
  auto known = find(hash);
  return known && !known->rotated && !(known->expires && *known->expires <= seconds(now));
}

std::string presented_token(const http::request& from) {
  auto* header = from.header("authorization");
  if (!header)
    throw refusal{401,
                  "No API token provided: send it as the user name of HTTP Basic authorization, without a password"};
  std::string_view rest = *header;
  constexpr std::string_view scheme = "basic ";
  bool basic = rest.size() > scheme.size();
  for (std::size_t i = 0; basic && i < scheme.size(); ++i) {
    char c = rest[i] >= 'A' && rest[i] <= 'Z' ? static_cast<char>(rest[i] + 32) : rest[i];
    basic = c == scheme[i];
  }
  auto text = basic ? from_base64(rest.substr(scheme.size())) : std::nullopt;
  auto token = text ? text->substr(0, text->find(':')) : std::string{};
  if (token.empty()) throw refusal{400, "Could not parse API token."};
  if (token.find('\0') != std::string::npos) throw refusal{400, "The API token holds a NUL character"};
  return token;
}

namespace {
/// The hash of the token that the request brings. A thread remembers the last: most that come in succession bring the
/// same. Only the hash is remembered, not whether it opens anything, so that a token that is revoked is so at once.
const std::string& presented_hash(const http::request& from) {
  thread_local std::string header, hash;
  auto* now = from.header("authorization");
  // What comparing takes must not tell how much of a guess was right.
  if (now && !now->empty() && now->size() == header.size() &&
      CRYPTO_memcmp(now->data(), header.data(), header.size()) == 0)
    return hash;
  auto fresh = hash_of(presented_token(from));
  header.clear();  // never one with the hash of another, even if memory runs out
  hash = std::move(fresh);
  header = *now;
  return hash;
}
}  // namespace

std::shared_ptr<const token_record> access_list::admit(const http::request& from, time_point now) const {
  auto known = find(presented_hash(from));
  if (!known || known->rotated)
    throw refusal{403, "The API token is not known here; it may have been revoked", {{"token_status", "revoked"}}};
  if (known->expires && *known->expires <= seconds(now))
    throw refusal{403, "The API token has expired", {{"token_status", "expired"}}};
  return known;
}

}  // namespace vilfredo::api
