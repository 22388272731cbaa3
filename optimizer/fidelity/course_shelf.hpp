#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <unordered_map>

#include "core/ledger.hpp"
#include "optimizer/fidelity/course.hpp"

namespace vilfredo {

/// Keeps courses that were made before: what it gives is a function of the ledger alone.
class course_shelf {
public:
  static constexpr std::size_t most = 512;
  std::shared_ptr<const courses> of(const ledger& book);

private:
  struct kept {
    std::size_t reports = 0;
    std::shared_ptr<const course> what;
  };
  std::unordered_map<std::uint64_t, kept> shelf_;  // by trial
};

}  // namespace vilfredo
