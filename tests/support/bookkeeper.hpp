#pragma once
#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/ledger.hpp"
#include "tests/support/builders.hpp"

namespace vilfredo::test {

/// Does for one ledger what the engine does, without samplers: decides commands, applies their facts, keeps both, and
/// hands out trials whose assignments the test chooses.
class bookkeeper {
public:
  explicit bookkeeper(definition d) {
    facts_.push_back({1, now, "", events::experiment_created{std::make_shared<const definition>(std::move(d))}});
    book_ = std::make_unique<ledger>(must(ledger::open(facts_.back())));
  }

  time_point now{std::chrono::milliseconds{1'000'000}};

  const ledger& book() const { return *book_; }
  const std::vector<fact>& facts() const { return facts_; }

  result<void> record(events::event what, std::string request_id = {}) {
    fact next{book_->facts() + 1, now, std::move(request_id), std::move(what)};
    auto applied = book_->apply(next);
    if (applied) facts_.push_back(std::move(next));
    return applied;
  }

  /// Carries out a command as the engine would; stop rules are looked at afterwards.
  outcome send(command what, std::string request_id = {}) {
    if (auto before = book_->remembered({request_id, what})) return *before;
    auto decided = book_->decide(what, now);
    if (!decided) return decided.error();
    bool first = true;
    for (auto& event : decided->events) {
      must_apply(record(std::move(event), first ? request_id : std::string{}));
      first = false;
    }
    if (auto rule = book_->rule_fulfilled()) must_apply(record(*rule));
    return decided->reply;
  }

  /// A new trial at these assignments, handed out.
  trial_id issue(std::vector<double> values, std::string worker = "worker", time_point until = forever,
                 std::string request_id = {}) {
    events::trial_issued event;
    event.trial = book_->next_trial();
    event.worker = std::move(worker);
    event.lease_until = until;
    event.point = assignments{std::move(values)};
    event.from = origin::design;
    must_apply(record(event, std::move(request_id)));
    return event.trial;
  }
  /// The next attempt of a queued or returned trial.
  result<void> issue_again(trial_id id, std::string worker = "worker", time_point until = forever) {
    const trial& t = *book_->find(id);
    events::trial_issued event;
    event.trial = id;
    event.attempt = t.attempt + 1;
    event.lease = t.lease + 1;
    event.worker = std::move(worker);
    event.lease_until = until;
    return record(event);
  }

  /// Another ledger, made of the same facts.
  ledger replayed() const {
    auto out = must(ledger::open(facts_.front()));
    for (std::size_t i = 1; i < facts_.size(); ++i) must_apply(out.apply(facts_[i]));
    return out;
  }

private:
  static void must_apply(const result<void>& x) {
    if (x) return;
    std::cerr << "a fact does not follow: " << x.error().message << "\n";
    std::abort();
  }

  std::vector<fact> facts_;
  std::unique_ptr<ledger> book_;
};

template <class T>
const T& answer_of(const outcome& x) {
  if (!x || !std::holds_alternative<T>(*x)) {
    std::cerr << "unexpected answer: " << (x ? "of another kind" : x.error().message) << "\n";
    std::abort();
  }
  return std::get<T>(*x);
}

}  // namespace vilfredo::test
