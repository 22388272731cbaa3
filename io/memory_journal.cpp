#include "io/memory_journal.hpp"

#include <map>

#include "io/journal_rules.hpp"
#include "io/memory_documents.hpp"

namespace vilfredo::io {

namespace {

class memory_journal : public journal {
public:
  result<std::vector<entry>> list() override {
    std::vector<entry> out;
    for (const auto& [id, x] : books_) out.push_back({id, x.name});
    return out;
  }

  result<void> load(experiment_id experiment, const std::function<bool(fact&&)>& each, std::uint64_t after) override {
    auto found = books_.find(experiment);
    if (found == books_.end()) return {};
    const auto& all = found->second.facts;
    for (auto i = static_cast<std::size_t>(after); i < all.size(); ++i)
      if (auto copy = all[i]; !each(std::move(copy))) break;
    return {};
  }

  result<void> stage(experiment_id experiment, std::span<const fact> facts) override {
    auto found = books_.find(experiment);
    auto last = found == books_.end() ? 0 : found->second.facts.size();
    if (auto fits = may_follow(experiment, last, facts); !fits) {
      take_back();
      return fits;
    }
    if (facts.empty()) return {};
    auto& b = books_[experiment];
    before_.try_emplace(experiment, before{last, b.name});
    for (const auto& x : facts) {
      if (auto name = name_given_by(x)) b.name = *std::move(name);
      b.facts.push_back(x);
    }
    return {};
  }

  document_store* documents() override { return &documents_; }

  result<void> commit() override {
    documents_.commit();
    before_.clear();
    return {};
  }

private:
  struct book {
    std::string name;
    std::vector<fact> facts;
  };
  /// An experiment as it was at the last commit.
  struct before {
    std::size_t facts = 0;
    std::string name;
  };

  void take_back() {
    for (auto& [id, then] : before_) {
      if (then.facts == 0) {
        books_.erase(id);
        continue;
      }
      auto& b = books_.at(id);
      b.facts.resize(then.facts);
      b.name = std::move(then.name);
    }
    before_.clear();
    documents_.take_back();
  }

  memory_documents documents_;
  std::map<experiment_id, book> books_;
  std::map<experiment_id, before> before_;  // those with staged facts
};

}  // namespace

std::unique_ptr<journal> make_memory_journal() { return std::make_unique<memory_journal>(); }

}  // namespace vilfredo::io
