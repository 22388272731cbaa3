#include "app/token_keeper.hpp"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <span>
#include <utility>

#include "app/random_bytes.hpp"
#include "io/api/access.hpp"
#include "io/sqlite_journal.hpp"

namespace vilfredo::app {

namespace {

constexpr const char* collection = "token";
constexpr std::string_view dots = "…";
constexpr std::size_t shown_digits = 12;

time_point now() { return std::chrono::time_point_cast<duration>(std::chrono::system_clock::now()); }

std::string start_of(const std::string& hash) { return std::string(dots) + hash.substr(0, shown_digits); }

class asked_keeper final : public token_keeper {
public:
  explicit asked_keeper(std::unique_ptr<remote::orchestra> daemon) : daemon_(std::move(daemon)) {}
  /// A daemon tells whoever asks the text of the token that is asked with, which is not for a terminal and what is kept
  /// of its output.
  result<std::vector<remote::token>> list() override {
    auto all = remote::list_tokens(*daemon_);
    if (!all) return all;
    for (auto& x : *all)
      if (!x.text.starts_with(dots)) x.text = start_of(api::hash_of(x.text));
    return all;
  }
  result<remote::token> create(const remote::token_wish& wanted) override {
    return remote::create_token(*daemon_, wanted);
  }
  result<remote::token> rotate(const std::string& which) override { return remote::rotate_token(*daemon_, which); }
  result<void> revoke(const std::string& which) override { return remote::revoke_token(*daemon_, which); }

private:
  std::unique_ptr<remote::orchestra> daemon_;
};

remote::token shown(const api::token_record& x, const std::string& text = {}) {
  return {text.empty() ? start_of(x.hash) : text,
          x.name,
          x.type,
          to_string(x.may),
          x.expires,
          x.only ? std::optional(x.only->number) : std::nullopt,
          x.project};
}

document_change kept(const api::token_record& x) { return {collection, x.hash, {}, to_json(x).dump(), now()}; }

class stored_keeper final : public token_keeper {
public:
  explicit stored_keeper(std::unique_ptr<journal> store) : store_(std::move(store)) {}

  result<std::vector<remote::token>> list() override {
    auto all = records();
    if (!all) return all.error();
    std::vector<remote::token> out;
    for (const auto& x : *all) out.push_back(shown(x));
    return out;
  }

  result<remote::token> create(const remote::token_wish& wanted) override {
    if (std::ranges::any_of(wanted.name, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }))
      return error{errc::invalid, "a token's name has no control characters; choose another"};
    if (wanted.name == "root") return error{errc::invalid, "the name \"root\" is the first token's; choose another"};
    if (wanted.project) {
      auto found = store_->documents()->find({"project", wanted.project});
      if (!found) return found.error();
      if (found->empty())
        return error{errc::not_found, "there is no project \"" + *wanted.project + "\"; create it first"};
    }
    api::token_record x;
    x.name = wanted.name;
    x.may = *api::permission_named(wanted.permissions);
    x.expires = wanted.expires;
    x.project = wanted.project;
    auto text = renew(x);
    if (auto how = write({kept(x)}); !how) return how.error();
    return shown(x, text);
  }

  result<remote::token> rotate(const std::string& which) override {
    auto x = named(which);
    if (!x) return x.error();
    auto before = *x;
    before.rotated = true;
    auto text = renew(*x);
    if (auto how = write({kept(before), kept(*x)}); !how) return how.error();
    return shown(*x, text);
  }

  result<void> revoke(const std::string& which) override {
    auto x = named(which);
    if (!x) return x.error();
    if (x->name == "root") return error{errc::invalid, "the first token cannot be deleted; rotate it"};
    return write({{collection, x->hash, {}, std::nullopt, now()}});
  }

private:
  static std::string renew(api::token_record& x) {
    auto text = api::fresh_token(random_bytes(32));
    x.hash = api::hash_of(text);
    return text;
  }
  result<std::vector<api::token_record>> records() {
    auto all = store_->documents()->find({collection, {}});
    if (!all) return all.error();
    std::vector<api::token_record> out;
    for (const auto& d : *all)
      if (auto x = api::read_token(d); !x.rotated) out.push_back(std::move(x));
    return out;
  }
  result<api::token_record> named(const std::string& which) {
    auto all = records();
    if (!all) return all.error();
    for (const auto& x : *all)
      if (shown(x).text == which) return x;
    return error{errc::not_found, "there is no token \"" + which + "\""};
  }
  result<void> write(const std::vector<document_change>& changes) {
    if (auto staged = store_->documents()->stage(changes); !staged) return staged.error();
    return store_->commit();
  }

  std::unique_ptr<journal> store_;
};

}  // namespace

std::unique_ptr<token_keeper> keeper_of(std::unique_ptr<journal> store) {
  return std::make_unique<stored_keeper>(std::move(store));
}

result<std::unique_ptr<token_keeper>> keeper_of(const place& where) {
  if (!where.remote()) {
    if (!std::filesystem::exists(where.store))
      return error{errc::not_found, "there is no store " + where.store + "; vilfredo serve begins one"};
    auto store = io::open_sqlite_journal(where.store);
    if (!store && store.error().code == errc::conflict)
      return error{errc::conflict, store.error().message + "; a daemon that holds it is asked with --url"};
    if (!store) return store.error();
    return keeper_of(*std::move(store));
  }
  auto access = access_to(where);
  if (!access) return access.error();
  auto daemon = remote::orchestra::make(*access);
  if (!daemon) return daemon.error();
  return std::unique_ptr<token_keeper>(std::make_unique<asked_keeper>(*std::move(daemon)));
}

}  // namespace vilfredo::app
