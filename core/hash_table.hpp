#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace vilfredo {

/// A map from keys that are hashes already (of 64 or 128 bits) to small values, in one array: half the memory and a
/// fraction of the cache misses of a map that allocates each entry, for tables that grow by one entry a fact.
///
/// Open addressing with linear probing; removal moves later entries back, so that no tombstones gather. Pointers to
/// values end with the next insertion or removal. Values have a default. Not against keys chosen by an attacker.
template <class Key, class Value>
class hash_table {
public:
  const Value* find(const Key& key) const {
    if (slots_.empty()) return nullptr;
    auto at = place(key);
    return slots_[at].used ? &slots_[at].value : nullptr;
  }
  bool contains(const Key& key) const { return find(key) != nullptr; }

  /// The key's value, made if it was not there.
  Value& operator[](const Key& key) {
    // At most three of four slots are taken: longer probes would cost more than memory saves.
    if ((size_ + 1) * 4 > slots_.size() * 3) grow();
    auto at = place(key);
    if (!slots_[at].used) {
      slots_[at] = {key, Value{}, true};
      ++size_;
    }
    return slots_[at].value;
  }

  void erase(const Key& key) {
    if (slots_.empty()) return;
    auto hole = place(key);
    if (!slots_[hole].used) return;
    --size_;
    for (auto i = after(hole); slots_[i].used; i = after(i)) {
      // An entry may move back to the hole unless its home lies behind the hole, on the way to where it stands.
      auto from_home = distance(home(slots_[i].key), i);
      if (from_home < distance(hole, i)) continue;
      slots_[hole] = std::move(slots_[i]);
      hole = i;
    }
    slots_[hole] = {};
  }

  std::size_t size() const { return size_; }

  /// `each(key, value)` for every entry, in no order that means anything.
  template <class F>
  void visit(F&& each) const {
    for (const auto& s : slots_)
      if (s.used) each(s.key, s.value);
  }

private:
  struct slot {
    Key key{};
    [[no_unique_address]] Value value{};  // `used` may stand in its padding
    bool used = false;
  };

  static std::uint64_t mixed(std::uint64_t x) { return (x ^ x >> 32) * 0x9e3779b97f4a7c15u; }
  static std::uint64_t mixed(const std::array<std::uint64_t, 2>& x) { return mixed(x[0]); }
  /// The high bits of the hash, scaled to the number of slots, which need not be a power of two.
  std::size_t home(const Key& key) const {
    __extension__ using wide = unsigned __int128;
    return static_cast<std::size_t>(wide{mixed(key)} * slots_.size() >> 64);
  }
  std::size_t after(std::size_t i) const { return i + 1 == slots_.size() ? 0 : i + 1; }
  std::size_t distance(std::size_t from, std::size_t to) const {
    return to >= from ? to - from : to + slots_.size() - from;
  }
  /// Where the key stands, or the free slot where it would.
  std::size_t place(const Key& key) const {
    auto i = home(key);
    while (slots_[i].used && slots_[i].key != key) i = after(i);
    return i;
  }
  void grow() {
    std::vector<slot> old(slots_.size() < 16 ? 16 : slots_.size() + slots_.size() / 2);
    old.swap(slots_);
    for (auto& s : old)
      if (s.used) slots_[place(s.key)] = std::move(s);
  }

  std::vector<slot> slots_;
  std::size_t size_ = 0;
};

}  // namespace vilfredo
