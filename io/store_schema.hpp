#pragma once
#include <cstdint>
#include <filesystem>

#include "core/error.hpp"
#include "io/sqlite.hpp"

namespace vilfredo::io {

/// The tables and views of a store, and how a file is known to be one. docs/store.md tells people of them.
namespace store_schema {

inline constexpr std::int64_t application_id = 0x56494c46;  ///< "VILF", in the file's header
inline constexpr std::int64_t version = 4;                  ///< as user_version in the file's header
inline constexpr std::int64_t one_key = 4;                  ///< since which a fact has one number as its key

/// Refuses what is no store, and stores of a newer version.
result<void> check(sqlite::connection& db, const std::filesystem::path& file);
/// Whether the file is a database without anything in it, as a first writer leaves it that dies at once.
result<bool> empty(sqlite::connection& db);
/// Makes an empty database a store, in one transaction.
result<void> create(sqlite::connection& db);
/// Brings a store of an older version to this one; older programs refuse it from then on.
result<void> upgrade(sqlite::connection& db);

}  // namespace store_schema

}  // namespace vilfredo::io
