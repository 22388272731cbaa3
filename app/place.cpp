#include "app/place.hpp"

#include <fstream>

namespace vilfredo::app {

namespace {

result<std::string> token_of(const place& where) {
  std::string token = where.token;
  if (!where.token_file.empty()) {
    std::ifstream in(where.token_file);
    if (!std::getline(in, token)) token.clear();
    if (token.empty())
      return error{errc::invalid, "--token-file " + where.token_file + " holds no token in its first line"};
  }
  if (token.empty())
    return error{errc::invalid, where.url + " needs a token: give --token-file FILE, or set VILFREDO_TOKEN"};
  return token;
}

}  // namespace

result<remote::access> access_to(const place& where) {
  auto url = http::parse_url(where.url);
  if (!url) return url.error();
  auto token = token_of(where);
  if (!token) return token.error();
  return remote::access{*std::move(url), *std::move(token), where.authorities};
}

}  // namespace vilfredo::app
