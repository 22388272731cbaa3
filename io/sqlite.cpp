#include "io/sqlite.hpp"

#include <sqlite3.h>

#include <cerrno>
#include <system_error>

namespace vilfredo::io::sqlite {

void closer::operator()(sqlite3* x) const { sqlite3_close_v2(x); }
void closer::operator()(sqlite3_stmt* x) const { sqlite3_finalize(x); }

statement& statement::bind(int place, std::int64_t x) {
  sqlite3_bind_int64(handle_.get(), place, x);
  return *this;
}

statement& statement::bind(int place, std::string_view x) {
  // A null pointer would bind NULL, which is not an empty text.
  sqlite3_bind_text64(handle_.get(), place, x.empty() ? "" : x.data(), x.size(), SQLITE_STATIC, SQLITE_UTF8);
  return *this;
}

int statement::step() { return sqlite3_step(handle_.get()); }

int statement::run() {
  int code = step();
  while (code == SQLITE_ROW) code = step();
  rewind();
  return code;
}

void statement::rewind() { sqlite3_reset(handle_.get()); }

std::int64_t statement::number(int column) const { return sqlite3_column_int64(handle_.get(), column); }

std::string_view statement::text(int column) const {
  auto* begin = reinterpret_cast<const char*>(sqlite3_column_text(handle_.get(), column));
  auto size = static_cast<std::size_t>(sqlite3_column_bytes(handle_.get(), column));
  return begin ? std::string_view(begin, size) : std::string_view();
}

namespace {
std::string uri_of(const std::filesystem::path& file) {
  constexpr char hex[] = "0123456789abcdef";
  std::string out = "file:";
  for (char c : std::filesystem::absolute(file).string()) {
    auto byte = static_cast<unsigned char>(c);
    if (c == '/' || (byte < 0x80 && std::isalnum(byte)))
      out += c;
    else
      (out += '%') += {hex[byte >> 4], hex[byte & 15]};
  }
  return out;
}
}  // namespace

result<connection> connection::open(const std::filesystem::path& file, access how) {
  connection out;
  out.file_ = file;
  auto uri = uri_of(file) + (how == access::immutable ? "?immutable=1" : "");
  int flags = SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE |
              (how == access::write ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY);
  sqlite3* handle = nullptr;
  int code = sqlite3_open_v2(uri.c_str(), &handle, flags, nullptr);
  out.handle_.reset(handle);
  if (code != SQLITE_OK) return out.failure();
  sqlite3_busy_timeout(handle, 5000);
  // SQL text that came in with a file of doubtful origin gets no powers.
  sqlite3_db_config(handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  return out;
}

result<void> connection::run(const char* sql) {
  if (sqlite3_exec(handle_.get(), sql, nullptr, nullptr, nullptr) != SQLITE_OK) return failure();
  return {};
}

result<statement> connection::prepare(std::string_view sql) {
  sqlite3_stmt* out = nullptr;
  int code = sqlite3_prepare_v3(handle_.get(), sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT,
                                &out, nullptr);
  if (code != SQLITE_OK) return failure();
  return statement(out);
}

result<std::int64_t> connection::number(const char* sql) {
  auto query = prepare(sql);
  if (!query) return query.error();
  int code = query->step();
  if (code == SQLITE_ROW) return query->number(0);
  if (code == SQLITE_DONE) return std::int64_t{0};
  return failure();
}

bool connection::in_transaction() const { return handle_ && !sqlite3_get_autocommit(handle_.get()); }

bool connection::read_only() const { return sqlite3_db_readonly(handle_.get(), "main") != 0; }

namespace {
/// The operating system's error behind the last failure. COMMIT leaves it with the file it wrote to.
int system_error(sqlite3* h) {
  int out = sqlite3_system_errno(h);
  if (out || (sqlite3_errcode(h) & 0xff) != SQLITE_IOERR) return out;
  for (int which : {SQLITE_FCNTL_JOURNAL_POINTER, SQLITE_FCNTL_FILE_POINTER}) {
    sqlite3_file* file = nullptr;
    if (!out && sqlite3_file_control(h, "main", which, &file) == SQLITE_OK && file && file->pMethods)
      file->pMethods->xFileControl(file, SQLITE_FCNTL_LAST_ERRNO, &out);
  }
  return out;
}
}  // namespace

error connection::failure() const {
  auto* h = handle_.get();
  if (!h) return failure_sentence(file_, SQLITE_NOMEM, 0, "out of memory");
  return failure_sentence(file_, sqlite3_extended_errcode(h), system_error(h), sqlite3_errmsg(h));
}

error failure_sentence(const std::filesystem::path& file, int code, int system_error, std::string_view text) {
  const auto store = "the store " + file.string() + " ";
  const std::string safe = "; nothing was acknowledged that is not stored";
  auto cause = system_error ? std::generic_category().message(system_error) : std::string(text);
  int kind = code & 0xff;
  bool writing = kind == SQLITE_FULL || kind == SQLITE_IOERR || kind == SQLITE_CANTOPEN;
  if (kind == SQLITE_FULL || (writing && (system_error == ENOSPC || system_error == EDQUOT)))
    return {errc::unavailable, store + "has no room left: free some space" + safe};
  if (writing && system_error == EFBIG)
    return {errc::unavailable,
            store + "may not grow beyond this process's limit of file size: raise it (ulimit -f)" + safe};
  if (writing && system_error == EROFS)
    return {errc::unavailable, store + "is on a read-only file system: make it writable" + safe};
  switch (kind) {
  case SQLITE_IOERR:
    return {errc::unavailable, store + "cannot be read or written (" + cause + "): check the disk" + safe};
  case SQLITE_READONLY:
    return {errc::unavailable, store + "cannot be written: make the file and its directory writable" + safe};
  case SQLITE_PERM:
  case SQLITE_AUTH:
  case SQLITE_CANTOPEN:
    return {errc::unavailable,
            store + "cannot be opened (" + cause + "): check that its directory exists and that you may use it"};
  case SQLITE_BUSY:
  case SQLITE_LOCKED:
    return {errc::unavailable, store + "is locked by another program: let its backup or query finish" + safe};
  case SQLITE_CORRUPT:
    return {errc::internal, store + "is damaged (" + std::string(text) + "): see \"Repair\" in docs/store.md"};
  case SQLITE_NOTADB:
    return {errc::invalid, file.string() + " is not a store: it is no SQLite database; name another file"};
  default:
    return {errc::internal, store + "fails (" + std::string(text) + ", SQLite's code " + std::to_string(code) + ")"};
  }
}

}  // namespace vilfredo::io::sqlite
