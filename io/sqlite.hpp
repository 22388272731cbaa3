#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "core/error.hpp"

struct sqlite3;
struct sqlite3_stmt;

/// SQLite's C interface with owners and results, as far as the store needs it.
namespace vilfredo::io::sqlite {

struct closer {
  void operator()(sqlite3* x) const;
  void operator()(sqlite3_stmt* x) const;
};

/// A prepared statement. Text that is bound must live until `step` has returned.
class statement {
public:
  statement() = default;
  explicit statement(sqlite3_stmt* x) : handle_(x) {}

  statement& bind(int place, std::int64_t x);
  statement& bind(int place, std::string_view x);
  /// SQLITE_ROW, SQLITE_DONE or what went wrong.
  int step();
  /// Runs to its end and rewinds: SQLITE_DONE, or what went wrong.
  int run();
  void rewind();
  std::int64_t number(int column) const;
  /// Valid until the next step.
  std::string_view text(int column) const;

private:
  std::unique_ptr<sqlite3_stmt, closer> handle_;
};

enum class access { read, immutable, write };

/// An open database, and the one place that turns SQLite's codes into sentences.
class connection {
public:
  connection() = default;
  /// Opens a file that is there. `immutable` promises that nobody writes it, and needs no lock and no other file.
  static result<connection> open(const std::filesystem::path& file, access how);

  /// Runs statements without parameters.
  result<void> run(const char* sql);
  result<statement> prepare(std::string_view sql);
  /// The first column of the first row, 0 without rows.
  result<std::int64_t> number(const char* sql);
  bool in_transaction() const;
  /// SQLite opens what it may not write for reading, without a word.
  bool read_only() const;
  /// Why the last call failed, as a sentence about the store's file.
  error failure() const;

private:
  std::filesystem::path file_;
  std::unique_ptr<sqlite3, closer> handle_;
};

/// The sentence for an SQLite result code and the operating system's error behind it (0: none).
error failure_sentence(const std::filesystem::path& file, int code, int system_error, std::string_view text);

}  // namespace vilfredo::io::sqlite
