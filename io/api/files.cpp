#include <algorithm>
#include <array>
#include <string_view>

#include "io/api/amend.hpp"
#include "io/api/base64.hpp"
#include "io/api/body.hpp"
#include "io/api/digest.hpp"
#include "io/api/reading.hpp"
#include "io/api/routes.hpp"

/// Files of runs, images above all. One is announced, with its length and MD5, then its bytes are put where the answer
/// says, by whoever holds the token; SigOpt's client knows nothing but that address and the headers that come with it.
/// The bytes are a document of their own, so that nobody reads them who only wants to know what there is.
namespace vilfredo::api {

namespace {
using nlohmann::json;

constexpr const char* announced = "file";
constexpr const char* kept = "file_content";
constexpr std::size_t longest_name = 100;

/// `image/png`: a kind that there is, and a name.
bool is_media_type(std::string_view x) {
  static constexpr std::array<std::string_view, 9> kinds{"application", "audio",     "font", "image", "message",
                                                         "model",       "multipart", "text", "video"};
  constexpr std::string_view marks = "!#$&^_.+-";
  auto slash = x.find('/');
  if (slash == std::string_view::npos || std::ranges::find(kinds, x.substr(0, slash)) == kinds.end()) return false;
  auto name = x.substr(slash + 1);
  return !name.empty() && std::ranges::all_of(name, [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           marks.find(c) != std::string_view::npos;
  });
}

/// Where the bytes of a file are, as the client that asks reaches the daemon. A proxy says how it was reached itself.
std::string address_of(const http::request& asked, const std::string& file) {
  auto said = [&](const char* name, std::string otherwise) {
    auto* header = asked.header(name);
    return header ? *header : std::move(otherwise);
  };
  auto prefix = said("x-forwarded-prefix", {});
  while (prefix.ends_with('/')) prefix.pop_back();
  return said("x-forwarded-proto", asked.secure ? "https" : "http") + "://" + said("host", "localhost") + prefix +
         "/v1/files/" + file + "/content";
}

/// What lets the bearer of this token in again: it is his own.
json same_token(const http::request& asked) {
  auto* header = asked.header("authorization");
  return header ? json{{"Authorization", *header}} : json::object();
}

json file_object(const document& x) {
  auto all = contents(x);
  json out{{"object", "file"}, {"id", x.key}, {"client", "1"}, {"user", "1"}, {"created", seconds(x.created)}};
  for (const auto* key : {"name", "filename", "content_length", "content_type", "content_md5"}) out[key] = all[key];
  out["training_run"] = all["run"];
  return out;
}

task<json> create(call& c) {
  const auto run = c.path.at(0);
  co_await c.need("run", run);
  body form(c.body, {"name", "filename", "content_length", "content_type", "content_md5", "request_id"});
  for (const auto* key : {"content_length", "content_type", "content_md5"}) form.need(key);
  auto name = form.text("name", 0, longest_name), filename = form.text("filename", 0, longest_name);
  if (name.value_or("").empty() && filename.value_or("").empty())
    throw refusal{400, "Missing required param: name or filename"};
  auto type = *form.text("content_type");
  if (!is_media_type(type)) throw refusal{400, "content_type: \"" + type + "\" is not a media type such as image/png"};
  auto sum = *form.text("content_md5");
  if (auto bytes = from_base64(sum); !bytes || bytes->size() != 16)
    throw refusal{400, "content_md5: \"" + sum + "\" is not the base64 of 16 bytes"};
  json what{{"run", run},
            {"name", name ? json(*name) : json()},
            {"filename", filename ? json(*filename) : json()},
            {"content_length", *form.integer("content_length", 1)},
            {"content_type", type},
            {"content_md5", sum}};
  auto made = co_await keep_once(c, announced, "", std::move(what));
  std::function<void(json&)> edit = [id = json(made.key)](json& r) {
    if (std::ranges::find(r["files"], id) == r["files"].end()) r["files"].push_back(id);
  };
  co_await amend(c, run, edit);
  auto out = file_object(made);
  auto headers = same_token(c.request);
  // Whatever it holds: what says that it is JSON would be read as such.
  headers["Content-Type"] = "application/octet-stream";
  out["upload"] = {{"object", "upload"},
                   {"url", address_of(c.request, made.key)},
                   {"method", "PUT"},
                   {"headers", std::move(headers)}};
  co_return out;
}

task<json> get(call& c) {
  auto x = co_await c.need(announced, c.path.at(0));
  auto out = file_object(x);
  document_query query{kept, x.key};
  // Nothing to fetch before the bytes have come.
  auto there = co_await c.find(query);
  out["download"] =
      there.empty()
          ? json()
          : json{{"object", "download"}, {"url", address_of(c.request, x.key)}, {"headers", same_token(c.request)}};
  co_return out;
}

task<json> put_content(call& c) {
  auto x = co_await c.need(announced, c.path.at(0));
  auto all = contents(x);
  const auto& bytes = c.request.body;
  if (auto length = all["content_length"].get<std::uint64_t>(); bytes.size() != length)
    throw refusal{400, "The file was announced with " + std::to_string(length) + " bytes, and these are " +
                           std::to_string(bytes.size())};
  if (md5(bytes) != from_base64(all["content_md5"].get<std::string>()))
    throw refusal{400, "These bytes do not have the content_md5 that was announced"};
  std::vector<document_change> changes{{kept, x.key, {}, to_base64(bytes), c.house.now()}};
  co_await c.keep(std::move(changes));
  co_return file_object(x);
}

task<json> get_content(call& c) {
  auto x = co_await c.need(announced, c.path.at(0));
  auto all = contents(x);
  auto bytes = from_base64((co_await c.need(kept, x.key)).body);
  if (!bytes) throw refusal{500, "file " + x.key + " is damaged in the store"};
  http::response out{200, {}, *std::move(bytes)};
  // Browsers save it, whatever it pretends to be: an image may hold a script.
  out.headers = {{"Content-Type", all["content_type"].get<std::string>()},
                 {"Content-Disposition", "attachment"},
                 {"X-Content-Type-Options", "nosniff"},
                 {"Cache-Control", "private, no-store"}};
  c.stream = [out = std::move(out)](http::exchange& asked) mutable { asked.answer(std::move(out)); };
  co_return json();
}

/// With its bytes, for good.
task<json> remove(call& c) {
  auto x = co_await c.need(announced, c.path.at(0));
  const auto now = c.house.now();
  std::function<void(json&)> edit = [id = json(x.key)](json& run) {
    auto& files = run["files"].get_ref<json::array_t&>();
    std::erase(files, id);
  };
  std::vector<document_change> besides{{announced, x.key, {}, std::nullopt, now}, {kept, x.key, {}, std::nullopt, now}};
  auto run = contents(x)["run"].get<std::string>();
  co_await amend(c, std::move(run), edit, std::move(besides));
  co_return json::object();
}

}  // namespace

std::vector<route> file_routes() {
  using enum permission;
  return {
      {"POST", "/training_runs/:id/files", create, "Announce a file of a run; the answer says where its bytes go",
       execute},
      {"GET", "/files/:id", get, "Show a file, and where its bytes are", read},
      {"DELETE", "/files/:id", remove, "Delete a file; it is gone for good", write},
      {"PUT", "/files/:id/content", put_content, "The bytes of a file that was announced", execute},
      {"GET", "/files/:id/content", get_content, "The bytes of a file", read},
  };
}

}  // namespace vilfredo::api
