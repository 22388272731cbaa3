#include "io/api/access.hpp"

#include <doctest/doctest.h>

#include "io/api/base64.hpp"
#include "io/api/refusal.hpp"

using namespace vilfredo;
using namespace vilfredo::api;

namespace {

http::request from(const std::string& token) {
  http::request out;
  out.headers.emplace_back("authorization", "Basic " + to_base64(token + ":"));
  return out;
}

token_record record(const std::string& token) {
  token_record out;
  out.hash = hash_of(token);
  out.name = token;
  return out;
}

int status_of(const access_list& all, const http::request& what) {
  try {
    (void)all.admit(what, time_point{});
  } catch (const refusal& why) {
    return why.status;
  }
  return 200;
}

}  // namespace

TEST_CASE("each request is known by the token that it brings, whoever came before it") {
  access_list all;
  for (const char* name : {"ada", "bob"}) all.put(record(name));
  for (const char* name : {"ada", "ada", "bob", "ada", "bob", "bob"})
    CHECK(all.admit(from(name), time_point{})->name == name);
  CHECK(status_of(all, from("adb")) == 403);
  CHECK(status_of(all, http::request{}) == 401);
  CHECK(all.admit(from("bob"), time_point{})->name == "bob");
}

TEST_CASE("a token that is revoked opens nothing from then on, even where it has just been used") {
  access_list all;
  all.put(record("ada"));
  CHECK(status_of(all, from("ada")) == 200);
  all.remove(hash_of("ada"));
  CHECK(status_of(all, from("ada")) == 403);
  auto rotated = record("ada");
  rotated.rotated = true;
  all.put(rotated);
  CHECK(status_of(all, from("ada")) == 403);
}
