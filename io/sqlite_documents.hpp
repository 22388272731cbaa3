#pragma once
#include <span>
#include <vector>

#include "core/ports.hpp"
#include "io/sqlite.hpp"

namespace vilfredo::io {

/// The documents of a store, on a connection that belongs to somebody else, who also begins and ends transactions. A
/// removed document stays as a row without a body, so that its number is not used again.
class sqlite_documents {
public:
  static result<sqlite_documents> prepare(sqlite::connection& db);

  result<std::vector<document>> find(sqlite::connection& db, const document_query& what);
  /// errc::conflict when a version is another; then nothing was written.
  result<std::vector<document>> current(sqlite::connection& db, std::span<const document_change> changes);
  /// After `current` agreed, inside a transaction.
  result<std::vector<document>> write(sqlite::connection& db, std::span<const document_change> changes);

private:
  result<document> read(sqlite::connection& db, const std::string& collection, const std::string& key);

  sqlite::statement one_, all_, last_, put_;
};

}  // namespace vilfredo::io
