#include "io/memory_documents.hpp"

#include <algorithm>

namespace vilfredo::io {

result<std::vector<document>> memory_documents::find(const document_query& what) {
  std::vector<document> out;
  for (const auto& [at, x] : all_)
    if (at.first == what.collection && !x.body.empty() && (!what.key || *what.key == at.second)) out.push_back(x);
  std::ranges::sort(out, {}, &document::number);
  return out;
}

result<std::vector<document>> memory_documents::stage(std::span<const document_change> changes) {
  for (const auto& c : changes) {
    auto found = all_.find({c.collection, c.key});
    auto version = found == all_.end() || found->second.body.empty() ? 0 : found->second.version;
    if (c.version && *c.version != version)
      return error{errc::conflict, c.collection + " \"" + c.key + "\" " +
                                       (*c.version == 0 ? "exists already" : "was changed by somebody else meanwhile")};
  }
  std::vector<document> out;
  for (const auto& c : changes) {
    auto key = c.key;
    if (key.empty()) key = std::to_string(last_[c.collection] + 1);
    auto [at, fresh] = all_.try_emplace({c.collection, key});
    auto& x = at->second;
    before_.try_emplace(at->first, x);
    if (fresh) {
      x.collection = c.collection;
      x.key = key;
      x.number = ++last_[c.collection];
    }
    if (x.body.empty()) x.created = c.at;
    x.updated = c.at;
    ++x.version;
    x.body = c.body.value_or(std::string{});
    out.push_back(x);
  }
  return out;
}

void memory_documents::take_back() {
  for (auto& [at, then] : before_) {
    if (then.number == 0)
      all_.erase(at);
    else
      all_.at(at) = std::move(then);
  }
  before_.clear();
}

}  // namespace vilfredo::io
