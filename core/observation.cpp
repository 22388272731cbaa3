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

/// The chunk of the observation at `i`; a new one where the observations so far end.
history::chunk& history::own_chunk(std::size_t i) {
  if (!blocks_) blocks_ = std::make_shared<blocks>();
  auto& all = own(blocks_);
  if (i / block_size == all.size()) all.push_back(std::make_shared<block>());
  auto& in = own(all[i / block_size]);
  const auto which = i % block_size / chunk_size;
  if (which == in.size()) in.push_back(std::make_shared<chunk>());
  return own(in[which]);
}

void history::append(observation x) {
  auto& last = own_chunk(size_);
  last.reserve(chunk_size);
  last.push_back(std::move(x));
  ++size_;
}

void history::replace(std::size_t i, observation x) { own_chunk(i)[i % chunk_size] = std::move(x); }

void history::erase(std::size_t i) {
  for (std::size_t j = i; j + 1 < size_; ++j) replace(j, (*this)[j + 1]);
  own_chunk(--size_).pop_back();
}

}  // namespace vilfredo
