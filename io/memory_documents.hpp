#pragma once
#include <map>
#include <string>
#include <utility>

#include "core/ports.hpp"

namespace vilfredo::io {

/// Documents that last as long as the process.
class memory_documents : public document_store {
public:
  result<std::vector<document>> find(const document_query& what) override;
  result<std::vector<document>> stage(std::span<const document_change> changes) override;

  /// What was staged stays, or is taken back.
  void commit() { before_.clear(); }
  void take_back();

private:
  using place = std::pair<std::string, std::string>;
  std::map<place, document> all_;  // removed ones stay, without a body
  std::map<place, document> before_;
  std::map<std::string, std::uint64_t> last_;
};

}  // namespace vilfredo::io
