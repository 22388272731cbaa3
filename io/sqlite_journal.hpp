#pragma once
#include <filesystem>
#include <memory>

#include "core/error.hpp"
#include "core/ports.hpp"

namespace vilfredo::io {

/// The journal in an SQLite file: append-only, WAL, synchronous=FULL, a checksum a fact, views for people (`trials`,
/// `observations`, `reports`).
///
/// A writer holds a lock on FILE.lock for as long as it lives, and creates the file when there is none; a second writer
/// is refused with a sentence that names the first's process. Readers need no lock and may look on while a writer
/// writes.
result<std::unique_ptr<journal>> open_sqlite_journal(const std::filesystem::path& file);
/// errc::not_found when there is no such file; `stage` and `commit` refuse.
result<std::unique_ptr<journal>> open_sqlite_journal_for_reading(const std::filesystem::path& file);

}  // namespace vilfredo::io
