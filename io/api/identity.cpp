#include "io/api/access.hpp"
#include "io/api/body.hpp"
#include "io/api/digest.hpp"
#include "io/api/listing.hpp"
#include "io/api/once.hpp"
#include "io/api/reach.hpp"
#include "io/api/reading.hpp"
#include "io/api/routes.hpp"

namespace vilfredo::api {

namespace {
using nlohmann::json;

constexpr const char* the_client = "1";

/// `text`: the token itself, where the caller knows it already; otherwise enough of its hash to tell it by.
json token_object(const token_record& x, const std::string& text) {
  return {{"object", "token"},
          {"token", text.empty() ? json("…" + x.hash.substr(0, 12)) : json(text)},
          {"token_type", x.type},
          {"name", x.name},
          {"client", the_client},
          {"organization", "1"},
          {"user", "1"},
          {"experiment", x.only ? json(id_text(x.only->number)) : json()},
          {"training_run", nullptr},
          {"all_experiments", !x.only && !x.project},
          {"project", x.project ? json(*x.project) : json()},
          {"development", x.type == "client-dev"},
          {"permissions", to_string(x.may)},
          {"scope", x.only      ? "shared_experiment"
                    : x.project ? "project"
                                : "all_endpoints"},
          {"expires", x.expires ? json(*x.expires) : json()},
          {"lease_length", nullptr}};
}

document_change change_of(const token_record& x, time_point at) { return {"token", x.hash, {}, to_json(x).dump(), at}; }

struct made_token {
  std::string text;
  token_record record;
};
made_token make_token(const call& c, std::string text) {
  made_token out;
  out.text = std::move(text);
  out.record.hash = hash_of(out.text);
  out.record.project = c.who.project;
  return out;
}

/// Made when it is wanted first, and then the same for ever.
task<std::string> secret_of_the_store(call& c) {
  document_query query{"secret", "token"};
  for (;;) {
    auto found = co_await c.find(query);
    if (!found.empty()) co_return contents(found.front()).value("secret", "");
    json fresh{{"secret", fresh_token(c.house.secret(32))}};
    std::vector<document_change> changes{{"secret", "token", 0, fresh.dump(), c.house.now()}};
    try {
      co_await c.keep(std::move(changes));
    } catch (const refusal& why) {
      if (why.status != 409) throw;  // another was quicker
    }
  }
}

/// For a new token. By chance; but with an idempotency key it follows from the key, so that a repeated request gets the
/// same token although its text is kept nowhere. Only the store with who asked can tell it: the store's secret is one
/// half of what it is made of, and the token that asks, whose text is not kept either, the other.
task<std::string> new_text(call& c) {
  auto id = c.key();
  if (id.empty()) co_return fresh_token(c.house.secret(32));
  auto secret = co_await secret_of_the_store(c);
  co_return fresh_token(hmac_sha256(secret, presented_token(c.request) + "\n" + id));
}

/// Answers with the new token, or for a repeated request with the one that the first made.
task<json> keep_token(call& c, made_token made) {
  const auto keyed = !c.key().empty();
  std::vector<document_change> changes{change_of(made.record, c.house.now())};
  if (keyed) changes.push_back(claim(c, "token"));
  bool kept = false;
  try {
    co_await c.keep(std::move(changes));
    kept = true;
  } catch (const refusal& why) {
    if (why.status != 409 || !keyed) throw;
  }
  if (!kept) {
    if (auto before = co_await claimed(c); before && before->body != "token") refuse_reuse(c);
    // From the store: who made it may be about to let it in.
    document_query query{"token", made.record.hash};
    auto found = co_await c.find(query);
    if (found.empty() || read_token(found.front()).rotated)
      throw refusal{409, "The token that was made by this idempotency key is gone; use a new key"};
    made.record = read_token(found.front());
  }
  // Only who made it lets it in: the other might, in between, be letting in what was revoked.
  if (kept) c.access->put(made.record);
  co_return token_object(made.record, made.text);
}

/// Of tokens that reach further a limited one knows nothing.
bool sees(const token_record& who, const token_record& x) {
  return x.hash == who.hash || (!who.only && (!who.project || x.project == who.project));
}

/// The token that this request came with; it may have been revoked since.
token_record own_token(const call& c) {
  if (auto known = c.access->find(c.who.hash)) return *std::move(known);
  throw refusal{403, "The API token is not known here; it may have been revoked", {{"token_status", "revoked"}}};
}

/// `self`, a token's text, or the start of its hash as lists show it.
task<token_record> named_token(call& c, std::size_t place) {
  auto name = c.path.at(place);
  if (name == "self") co_return own_token(c);
  if (auto known = c.access->find(hash_of(name)); known && !known->rotated && sees(c.who, *known)) co_return *known;
  constexpr std::string_view dots = "…";
  if (name.starts_with(dots) && name.size() > dots.size() + 8) {
    document_query all{"token", {}};
    for (const auto& d : co_await c.find(all))
      if (d.key.starts_with(name.substr(dots.size())))
        if (auto known = read_token(d); !known.rotated && sees(c.who, known)) co_return known;
  }
  not_found();
}

task<json> get_token(call& c) {
  auto known = co_await named_token(c, 0);
  co_return token_object(known, known.hash == c.who.hash ? presented_token(c.request) : std::string{});
}

task<json> update_token(call& c) {
  auto known = co_await named_token(c, 0);
  if (c.who.only) throw refusal{403, "A share token cannot change tokens", {{"token_status", "invalid_permissions"}}};
  body form(c.body, {"token", "expires", "lasts_forever"});
  auto rotate = form.text("token"), renew = form.text("expires");
  if (rotate && *rotate != "rotate")
    throw refusal{400, "token: \"" + *rotate + "\" is not one of the allowed values: rotate"};
  if (renew && *renew != "renew")
    throw refusal{400, "expires: \"" + *renew + "\" is not one of the allowed values: renew"};
  if (renew) throw refusal{403, "This token cannot be renewed; create another"};
  if (auto forever = form.boolean("lasts_forever"); forever && known.only) {
    constexpr std::int64_t a_month = 30 * 86400;
    known.expires = *forever ? std::nullopt : std::optional(seconds(c.house.now()) + a_month);
  }
  std::string text;
  std::vector<document_change> changes;
  auto now = c.house.now();
  auto before = known;
  if (rotate) {
    auto fresh = make_token(c, fresh_token(c.house.secret(32)));
    before.rotated = true;
    changes.push_back(change_of(before, now));
    known.hash = fresh.record.hash;
    text = fresh.text;
  }
  changes.push_back(change_of(known, now));
  co_await c.keep(std::move(changes));
  if (rotate) c.access->put(before);
  c.access->put(known);
  if (text.empty() && known.hash == c.who.hash) text = presented_token(c.request);
  // Who names a token by its text knows it.
  if (text.empty() && hash_of(c.path.at(0)) == known.hash) text = c.path.at(0);
  co_return token_object(known, text);
}

task<json> delete_token(call& c) {
  auto known = co_await named_token(c, 0);
  if (known.name == "root") throw refusal{403, "The first token cannot be deleted; rotate it"};
  std::vector<document_change> changes{{"token", known.hash, {}, std::nullopt, c.house.now()}};
  co_await c.keep(std::move(changes));
  c.access->remove(known.hash);
  co_return json::object();
}

task<json> list_tokens(call& c) {
  check_client(c);
  auto wanted = read_page(c.request);
  document_query query{"token", {}};
  auto all = co_await c.find(query);
  keyed<token_record> shown;
  for (const auto& d : all) {
    auto x = read_token(d);
    if (!x.rotated && sees(c.who, x)) shown.emplace_back(id_key(d.number), std::move(x));
  }
  co_return listing(std::move(shown), wanted, [&c](const token_record& x) {
    return token_object(x, x.hash == c.who.hash ? presented_token(c.request) : std::string{});
  });
}

task<json> create_token(call& c) {
  check_client(c);
  body form(c.body, {"name", "permissions", "expires", "development", "project", "request_id"});
  auto text = co_await new_text(c);
  auto fresh = make_token(c, std::move(text));
  fresh.record.name = checked_name("name", form.text("name").value_or(""), 0, 100);
  if (fresh.record.name == "root") throw refusal{400, "name: \"root\" is the first token's"};
  auto permissions = form.text("permissions").value_or("write");
  auto known = permission_named(permissions);
  if (!known)
    throw refusal{400, "permissions: \"" + permissions + "\" is not one of the allowed values: read, execute, write"};
  fresh.record.may = *known;
  if (auto expires = form.integer("expires", 0)) fresh.record.expires = *expires;
  if (form.boolean("development").value_or(false)) fresh.record.type = "client-dev";
  if (auto project = own_project(c.who, form.text("project", 1).value_or("")); !project.empty()) {
    co_await check_project(c, project);
    fresh.record.project = project;
  }
  co_return co_await keep_token(c, std::move(fresh));
}

task<json> share(call& c) {
  body(c.body, {"request_id"});
  auto id = c.experiment();
  co_await view(c, id);
  auto text = co_await new_text(c);
  auto fresh = make_token(c, std::move(text));
  constexpr std::int64_t a_month = 30 * 86400;
  fresh.record.type = "guest";
  fresh.record.may = permission::read;
  fresh.record.only = id;
  fresh.record.expires = seconds(c.house.now()) + a_month;
  co_return co_await keep_token(c, std::move(fresh));
}

json client_object() {
  return {{"object", "client"},
          {"id", the_client},
          {"name", "vilfredo"},
          {"organization", "1"},
          {"created", 0},
          {"client_security", {{"object", "client_security"}, {"allow_users_to_see_experiments_by_others", true}}}};
}
json user_object() {
  return {{"object", "user"},
          {"id", "1"},
          {"name", "vilfredo"},
          {"email", nullptr},
          {"created", 0},
          {"deleted", false},
          {"has_verified_email", true},
          {"show_welcome", false},
          {"planned_usage", nullptr}};
}

task<json> client(call& c) {
  check_client(c);
  co_return client_object();
}
task<json> organization(call& c) {
  check_client(c);
  co_return json{{"object", "organization"}, {"id", "1"},
                 {"name", "vilfredo"},       {"created", 0},
                 {"academic", false},        {"email_domains", json::array()}};
}
task<json> user(call& c) {
  check_client(c);
  co_return user_object();
}
task<json> session(call& c) {
  auto known = own_token(c);
  co_return json{{"object", "session"},       {"api_token", token_object(known, presented_token(c.request))},
                 {"client", client_object()}, {"user", user_object()},
                 {"code", nullptr},           {"needs_password_reset", false}};
}

}  // namespace

std::vector<route> identity_routes() {
  using enum permission;
  return {
      {"GET", "/tokens/:name", get_token, "Show a token", read, true},
      {"PUT", "/tokens/:name", update_token, "Rotate a token", write},
      {"DELETE", "/tokens/:name", delete_token, "Revoke a token", write},
      {"GET", "/clients/:id/tokens", list_tokens, "List tokens", write},
      {"POST", "/clients/:id/tokens", create_token, "Create a token", write},
      {"POST", "/experiments/:id/tokens", share, "Create a token that shows this experiment alone", write},
      {"GET", "/clients/:id", client, "Show the client", read},
      {"GET", "/organizations/:id", organization, "Show the organization", read},
      {"GET", "/users/:id", user, "Show the user", read},
      {"GET", "/sessions", session, "Show who asks", read},
  };
}

}  // namespace vilfredo::api
