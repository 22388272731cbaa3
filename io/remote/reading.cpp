#include "io/remote/reading.hpp"

#include <charconv>

#include "io/json_text.hpp"

namespace vilfredo::remote {

using nlohmann::json;

error strange(const std::string& whom, const std::string& how) {
  return {errc::unavailable, whom + " does not answer as a vilfredo of this version does: " + how};
}

namespace {
std::optional<errc> code_named(const std::string& name) {
  for (auto x : {errc::invalid, errc::not_found, errc::conflict, errc::reused, errc::exhausted, errc::paused,
                 errc::later, errc::overloaded, errc::unavailable, errc::internal})
    if (name == to_string(x)) return x;
  return std::nullopt;
}

/// A refusal, by its status and by the kind that it names.
error refused(int status, const json& body, const std::string& whom) {
  auto message = body.is_object() && body.contains("message") && body["message"].is_string()
                     ? body["message"].get<std::string>()
                     : std::string{};
  if (message.empty()) {
    auto how = "its status is " + std::to_string(status);
    return status >= 500 ? error{errc::unavailable, whom + " cannot answer: " + how} : strange(whom, how);
  }
  if (status == 401 || body.contains("token_status")) return {errc::invalid, whom + " refuses the token: " + message};
  if (status == 404 && message.starts_with("Endpoint not found")) return strange(whom, message);
  if (auto code = body.find("code"); code != body.end() && code->is_string())
    if (auto known = code_named(code->get<std::string>())) return {*known, message};
  switch (status) {
  case 404: return {errc::not_found, whom + ": " + message};
  case 408: return {errc::unavailable, whom + ": " + message};  // the network held the question up, not who asked
  case 409: return {errc::conflict, message};
  case 429: return {errc::overloaded, whom + ": " + message};
  case 500: return {errc::internal, whom + ": " + message};
  default: return {status > 500 ? errc::unavailable : errc::invalid, whom + ": " + message};
  }
}

}  // namespace

result<json> read_object(const http::response& got, const std::string& whom) {
  auto parsed = io::parse_json(got.body);
  if (got.status != 200) return refused(got.status, parsed ? *parsed : json(), whom);
  if (!parsed) return strange(whom, parsed.error().message);
  if (!parsed->is_object()) return strange(whom, "its answer is no object");
  return *std::move(parsed);
}

std::optional<std::uint64_t> number_in_text(const json& from, const char* name) {
  auto text = field<std::string>(from, name);
  if (!text) return std::nullopt;
  std::uint64_t out = 0;
  auto [end, failed] = std::from_chars(text->data(), text->data() + text->size(), out);
  if (failed != std::errc{} || end != text->data() + text->size() || text->empty()) return std::nullopt;
  return out;
}

}  // namespace vilfredo::remote
