#include "io/remote/orchestra.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "io/api/base64.hpp"
#include "io/remote/questions.hpp"
#include "io/remote/reading.hpp"

namespace vilfredo::remote {

namespace {

/// The token is the user name, and there is no password.
std::string authorization_of(const std::string& token) {
  auto out = api::to_base64(token + ":");
  std::ranges::replace(out, '-', '+');
  std::ranges::replace(out, '_', '/');
  while (out.size() % 4) out += '=';
  return "Basic " + out;
}

error damaged(const std::string& whom, experiment_id x) {
  return {errc::internal,
          whom + " does not give all facts of experiment " + std::to_string(x.number) + ", or not in their order"};
}

}  // namespace

result<std::unique_ptr<orchestra>> orchestra::make(const access& how) {
  http::client_options options;
  options.authorities = how.authorities;
  auto client = http::client::make(how.where, options);
  if (!client) return client.error();
  auto name = (how.where.secure ? "https://" : "http://") + how.where.authority() + how.where.prefix;
  return std::unique_ptr<orchestra>(new orchestra(std::move(name), authorization_of(how.token), *std::move(client)));
}

result<http::response> orchestra::ask(http::question what) {
  what.headers.emplace_back("Authorization", authorization_);
  return client_->ask(what);
}

result<journal::entry> orchestra::shared_one() {
  auto own = ask(own_token_question());
  if (!own) return own.error();
  auto token = read_object(*own, name_);
  if (!token) return token.error();
  auto id = number_in_text(*token, "experiment");
  if (!id) return error{errc::not_found, "this token is not of one experiment"};
  auto got = ask(experiment_question({*id}));
  if (!got) return got.error();
  auto experiment = read_object(*got, name_);
  if (!experiment) return experiment.error();
  return journal::entry{{*id}, field<std::string>(*experiment, "name").value_or("")};
}

result<std::vector<journal::entry>> orchestra::list() {
  std::vector<journal::entry> out;
  std::string after;
  do {
    auto got = ask(list_question(after));
    if (!got) return got.error();
    // A share token has no lists.
    if (got->status == 403 && out.empty())
      if (auto only = shared_one()) return std::vector{*only};
    auto page = read_list(*got, name_);
    if (!page) return page.error();
    // The last page may have a marker, too.
    after = page->entries.empty() ? std::string{} : std::move(page->after);
    out.insert(out.end(), page->entries.begin(), page->entries.end());
  } while (!after.empty());
  return out;
}

result<ledger> orchestra::describe(experiment_id x) {
  std::optional<ledger> book;
  std::uint64_t known = 0;
  for (;;) {
    auto got = ask(facts_question(x, known));
    if (!got) return got.error();
    auto page = read_facts(*got, name_);
    if (!page) return page.error();
    for (const auto& f : page->facts) {
      if (!book) {
        auto begun = ledger::open(f);
        if (!begun) return damaged(name_, x);
        book = *std::move(begun);
      } else if (auto applied = book->apply(f); !applied) {
        return damaged(name_, x);
      }
      known = f.sequence;
    }
    if (book && known >= page->count) return *std::move(book);
    if (page->facts.empty()) return damaged(name_, x);
  }
}

result<experiment_id> orchestra::create(const definition& what, const std::string& request_id) {
  auto got = ask(create_question(what, request_id));
  if (!got) return got.error();
  return read_created(*got, name_);
}

outcome orchestra::carry_out(experiment_id x, const request& what, const subject& about) {
  auto question = command_question(x, what);
  if (!question) return question.error();
  auto got = ask(*std::move(question));
  if (!got) return got.error();
  return read_answer(what.what, *got, name_, about);
}

}  // namespace vilfredo::remote
