#include "optimizer/fidelity/course_shelf.hpp"

#include <algorithm>

namespace vilfredo {

std::shared_ptr<const courses> course_shelf::of(const ledger& book) {
  const auto& all = book.observations();
  const auto begin = all.size() - std::min(all.size(), most);
  auto out = std::make_shared<courses>();
  std::unordered_map<std::uint64_t, kept> next;
  for (auto i = begin; i < all.size(); ++i) {
    const trial* t = book.find(all[i].trial);
    if (!t || t->reports.empty()) {
      out->push_back(nullptr);
      continue;
    }
    auto before = shelf_.find(t->id.number);
    kept entry = before != shelf_.end() && before->second.reports == t->reports.size()
                     ? before->second
                     : kept{t->reports.size(), std::make_shared<const course>(*t)};
    out->push_back(entry.what);
    next.emplace(t->id.number, std::move(entry));
  }
  shelf_ = std::move(next);
  return out;
}

}  // namespace vilfredo
