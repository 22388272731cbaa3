#include "core/observation.hpp"

#include <algorithm>
#include <atomic>
#include <utility>

namespace vilfredo {

namespace {
/// What only the caller sees. The fence orders our writes after the last reads of a snapshot that was let go on another
/// thread.
template <class T>
T& own(std::shared_ptr<T>& x) {
  if (x.use_count() > 1)
    x = std::make_shared<T>(*x);
  else
    std::atomic_thread_fence(std::memory_order_acquire);
  return *x;
}
}  // namespace

history::row& history::own_row() {
  if (!chunks_) chunks_ = std::make_shared<row>();
  return own(chunks_);
}

void history::append(observation x) {
  auto& all = own_row();
  if (size_ == all.size() * chunk_size) all.push_back(std::make_shared<chunk>());
  own(all.back()).push_back(std::move(x));
  ++size_;
}

void history::replace(std::size_t i, observation x) { own(own_row()[i / chunk_size])[i % chunk_size] = std::move(x); }

void history::erase(std::size_t i) {
  auto& all = own_row();
  for (std::size_t j = i; j + 1 < size_; ++j) replace(j, (*this)[j + 1]);
  own(all.back()).pop_back();
  if (all.back()->empty()) all.pop_back();
  --size_;
}

}  // namespace vilfredo
