#include "core/observation.hpp"

#include <algorithm>
#include <atomic>
#include <utility>

namespace vilfredo {

namespace {
/// A chunk that only the caller sees. The fence orders our writes after the last reads of a snapshot that was let go
/// on another thread.
template <class Chunk>
Chunk& own(std::shared_ptr<Chunk>& chunk) {
  if (chunk.use_count() > 1)
    chunk = std::make_shared<Chunk>(*chunk);
  else
    std::atomic_thread_fence(std::memory_order_acquire);
  return *chunk;
}
}  // namespace

void history::append(observation x) {
  if (size_ == chunks_.size() * chunk_size) chunks_.push_back(std::make_shared<chunk>());
  own(chunks_.back()).push_back(std::move(x));
  ++size_;
}

void history::replace(std::size_t i, observation x) { own(chunks_[i / chunk_size])[i % chunk_size] = std::move(x); }

void history::erase(std::size_t i) {
  for (std::size_t j = i; j + 1 < size_; ++j) replace(j, (*this)[j + 1]);
  own(chunks_.back()).pop_back();
  if (chunks_.back()->empty()) chunks_.pop_back();
  --size_;
}

}  // namespace vilfredo
