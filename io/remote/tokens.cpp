#include "io/remote/tokens.hpp"

#include <cstdio>

#include "io/remote/reading.hpp"

namespace vilfredo::remote {

namespace {
using nlohmann::json;

std::string path_of(const std::string& which) {
  std::string out = "/v1/tokens/";
  for (char c : which) {
    char byte[4];
    std::snprintf(byte, sizeof byte, "%%%02X", static_cast<unsigned>(static_cast<unsigned char>(c)));
    out += byte;
  }
  return out;
}

http::question asking(std::string method, std::string target, const json& body) {
  http::question out;
  out.method = std::move(method);
  out.target = std::move(target);
  out.headers.emplace_back("Content-Type", "application/json");
  out.body = body.dump(-1, ' ', false, json::error_handler_t::replace);
  return out;
}

result<json> object_of(orchestra& of, http::question what) {
  auto got = of.ask(std::move(what));
  if (!got) return got.error();
  return read_object(*got, of.name());
}

result<token> read_token(const json& from, const std::string& whom) {
  auto text = field<std::string>(from, "token"), name = field<std::string>(from, "name");
  auto type = field<std::string>(from, "token_type"), permissions = field<std::string>(from, "permissions");
  if (!text || !name || !type || !permissions)
    return strange(whom, "a token lacks its text, name, type or permissions");
  token out{*std::move(text), *std::move(name), *std::move(type), *std::move(permissions), {}, {}, {}};
  if (auto expires = field<std::uint64_t>(from, "expires")) out.expires = static_cast<std::int64_t>(*expires);
  out.experiment = number_in_text(from, "experiment");
  out.project = field<std::string>(from, "project");
  return out;
}

result<token> token_of(orchestra& of, http::question what) {
  auto got = object_of(of, std::move(what));
  if (!got) return got.error();
  return read_token(*got, of.name());
}

}  // namespace

result<std::vector<token>> list_tokens(orchestra& of) {
  std::vector<token> out;
  std::string after;
  do {
    http::question what;
    what.target = "/v1/clients/1/tokens?ascending=true&limit=1000" + (after.empty() ? "" : "&after=" + after);
    auto page = object_of(of, std::move(what));
    if (!page) return page.error();
    auto data = page->find("data");
    if (data == page->end() || !data->is_array()) return strange(of.name(), "its list of tokens has no data");
    for (const auto& x : *data) {
      auto one = read_token(x, of.name());
      if (!one) return one.error();
      out.push_back(*std::move(one));
    }
    auto paging = page->find("paging");
    after = data->empty() || paging == page->end() ? std::string{} : field<std::string>(*paging, "after").value_or("");
  } while (!after.empty());
  return out;
}

result<token> create_token(orchestra& of, const token_wish& wanted) {
  json body{{"name", wanted.name}, {"permissions", wanted.permissions}};
  if (wanted.expires) body["expires"] = *wanted.expires;
  if (wanted.project) body["project"] = *wanted.project;
  return token_of(of, asking("POST", "/v1/clients/1/tokens", body));
}

result<token> rotate_token(orchestra& of, const std::string& which) {
  return token_of(of, asking("PUT", path_of(which), {{"token", "rotate"}}));
}

result<void> revoke_token(orchestra& of, const std::string& which) {
  auto got = object_of(of, asking("DELETE", path_of(which), json::object()));
  if (!got) return got.error();
  return {};
}

}  // namespace vilfredo::remote
