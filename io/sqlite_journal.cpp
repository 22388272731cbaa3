#include "io/sqlite_journal.hpp"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>
#include <zlib.h>

#include <cerrno>
#include <map>
#include <optional>
#include <system_error>
#include <tuple>
#include <utility>

#include "core/text.hpp"
#include "io/fact_codec.hpp"
#include "io/journal_rules.hpp"
#include "io/sqlite.hpp"
#include "io/sqlite_documents.hpp"
#include "io/store_lock.hpp"
#include "io/store_schema.hpp"

/// checksum = CRC-32 of  experiment · sequence · at_ms · size of request_id · request_id · body
/// The four numbers are 8 bytes each, lowest first; texts are their UTF-8 bytes.
namespace vilfredo::io {

namespace {

namespace fs = std::filesystem;

std::int64_t signed_number(std::uint64_t x) { return static_cast<std::int64_t>(x); }
std::int64_t milliseconds(time_point x) { return x.time_since_epoch().count(); }

std::int64_t checksum(experiment_id experiment, std::int64_t sequence, std::int64_t at_ms, std::string_view request_id,
                      std::string_view body) {
  unsigned char head[32];
  std::size_t n = 0;
  for (auto x : {experiment.number, static_cast<std::uint64_t>(sequence), static_cast<std::uint64_t>(at_ms),
                 std::uint64_t{request_id.size()}})
    for (int shift = 0; shift < 64; shift += 8) head[n++] = static_cast<unsigned char>(x >> shift);
  auto add = [](uLong sum, std::string_view x) {
    return crc32_z(sum, reinterpret_cast<const Bytef*>(x.data()), x.size());
  };
  auto sum = crc32_z(0, head, sizeof head);
  return static_cast<std::int64_t>(add(add(sum, request_id), body));
}

/// What the store says of one experiment besides its facts.
struct summary_row {
  std::uint64_t facts = 0;
  std::string name;
};

/// A connection with its statements, which must end before it does.
struct session {
  sqlite::connection db;
  sqlite::statement begin, commit, facts_of, summary_of, insert, create, grow;
  sqlite_documents documents;
};

class sqlite_journal : public journal, public document_store {
public:
  sqlite_journal(fs::path file, std::optional<store_lock> lock) : file_(std::move(file)), lock_(std::move(lock)) {}

  ~sqlite_journal() override {
    if (session_) take_back();
  }

  result<void> open() {
    if (auto opened = lock_ ? connect(sqlite::access::write) : connect_for_reading(); !opened) return opened;
    return settle_doubts();
  }

  result<std::vector<entry>> list() override {
    if (auto ready = ensure_open(); !ready) return ready.error();
    auto query = session_->db.prepare("SELECT id, name FROM experiment ORDER BY id");
    if (!query) return query.error();
    std::vector<entry> out;
    int code;
    while ((code = query->step()) == SQLITE_ROW)
      out.push_back({{static_cast<std::uint64_t>(query->number(0))}, std::string(query->text(1))});
    if (code != SQLITE_DONE) return session_->db.failure();
    return out;
  }

  result<void> load(experiment_id experiment, const std::function<bool(fact&&)>& each, std::uint64_t after) override {
    if (auto ready = ensure_open(); !ready) return ready;
    // One snapshot for the facts and their number, whatever a writer does meanwhile.
    struct snapshot {
      session& in;
      bool alone;
      ~snapshot() {
        in.facts_of.rewind();
        if (alone) (void)in.db.run("ROLLBACK");
      }
    };
    bool alone = !session_->db.in_transaction();
    if (alone)
      if (auto begun = session_->db.run("BEGIN"); !begun) return begun;
    snapshot whole{*session_, alone};
    return load_snapshot(experiment, each, after);
  }

  result<void> stage(experiment_id experiment, std::span<const fact> facts) override {
    auto done = stage_all(experiment, facts);
    if (!done) take_back();
    return done;
  }

  document_store* documents() override { return this; }

  result<std::vector<document>> find(const document_query& what) override {
    if (auto ready = ensure_open(); !ready) return ready.error();
    return session_->documents.find(session_->db, what);
  }

  result<std::vector<document>> stage(std::span<const document_change> changes) override {
    if (!lock_) return read_only().error();
    if (auto ready = ensure_open(); !ready) return ready.error();
    auto now = session_->documents.current(session_->db, changes);
    if (!now) return now;
    if (auto begun = ensure_begun(); !begun) return begun.error();
    documents_staged_ = true;
    auto written = session_->documents.write(session_->db, changes);
    if (!written) take_back();
    return written;
  }

  result<void> commit() override {
    if (!lock_) return read_only();
    if (before_.empty() && !documents_staged_) return {};
    result<void> done;
    for (auto it = after_.begin(); done && it != after_.end(); ++it) done = write_summary(it->first, it->second);
    if (!done) {
      take_back();
      return done;
    }
    if (session_->commit.run() != SQLITE_DONE) {
      done = session_->db.failure();
      // After a failed sync nobody knows what the disk holds, and trying again on this connection may call it well
      // (the kernel reports a lost page once). So ask the disk, with a new connection, when it is needed next.
      doubts_.merge(before_);
      session_.reset();
      committed_.clear();
    } else if (!after_.empty()) {
      committed_ = std::exchange(after_, {});
    }
    before_.clear();
    after_.clear();
    documents_staged_ = false;
    return done;
  }

private:
  result<void> read_only() const {
    return error{errc::internal, "the store " + file_.string() + " was opened for reading only; nothing was stored"};
  }

  error damaged(experiment_id experiment, const std::string& name, std::uint64_t sequence,
                const std::string& how) const {
    return {errc::internal, "the store " + file_.string() + " is damaged: fact " + std::to_string(sequence) +
                                " of experiment " + std::to_string(experiment.number) +
                                (name.empty() ? "" : " (" + text::quoted(name) + ")") + " " + how +
                                "; see \"Repair\" in docs/store.md"};
  }

  result<void> connect(sqlite::access how) {
    auto opened = sqlite::connection::open(file_, how);
    if (!opened) return opened.error();
    session s;
    s.db = *std::move(opened);
    if (how == sqlite::access::write)
      if (auto ready = prepare_writing(s.db); !ready) return ready;
    if (how != sqlite::access::write) {
      auto nothing = store_schema::empty(s.db);
      if (!nothing) return nothing.error();
      if (*nothing)
        return error{errc::not_found, "the store " + file_.string() + " holds nothing yet: start an experiment"};
    }
    if (auto sound = store_schema::check(s.db, file_); !sound) return sound;
    auto version = s.db.number("PRAGMA user_version");
    if (!version) return version.error();
    // A reader takes an older store as it is.
    const auto* facts_of = *version >= store_schema::one_key
                               ? "SELECT sequence, at_ms, request_id, body, checksum FROM fact "
                                 "WHERE place > (?1 << 32 | ?2) AND place <= (?1 << 32 | 4294967295) ORDER BY place"
                               : "SELECT sequence, at_ms, request_id, body, checksum FROM fact "
                                 "WHERE experiment = ?1 AND sequence > ?2 ORDER BY sequence";
    for (auto [where, sql, only_to_write] : {
             std::tuple{&s.facts_of, facts_of, false},
             {&s.summary_of, "SELECT facts, name FROM experiment WHERE id = ?1", false},
             {&s.begin, "BEGIN IMMEDIATE", true},
             {&s.commit, "COMMIT", true},
             {&s.insert, "INSERT INTO fact VALUES(?1, ?2, ?3, ?4, ?5)", true},
             {&s.create, "INSERT INTO experiment VALUES(?1, ?2, ?3, 0)", true},
             {&s.grow, "UPDATE experiment SET facts = ?2, name = ?3 WHERE id = ?1", true},
         }) {
      if (only_to_write && how != sqlite::access::write) continue;
      auto prepared = s.db.prepare(sql);
      if (!prepared) return prepared.error();
      *where = *std::move(prepared);
    }
    if (how == sqlite::access::write) {
      auto ready = sqlite_documents::prepare(s.db);
      if (!ready) return ready.error();
      s.documents = *std::move(ready);
    }
    session_ = std::move(s);
    return {};
  }

  result<void> prepare_writing(sqlite::connection& db) {
    if (db.read_only()) return sqlite::failure_sentence(file_, SQLITE_READONLY, 0, {});
    // Before the first write, so that a foreign database stays as it is.
    auto fresh = store_schema::empty(db);
    if (!fresh) return fresh.error();
    if (!*fresh)
      if (auto sound = store_schema::check(db, file_); !sound) return sound;
    if (auto done = db.run("PRAGMA journal_mode=WAL;"
                           "PRAGMA synchronous=FULL;"
                           "PRAGMA wal_autocheckpoint=4000;"
                           "PRAGMA journal_size_limit=67108864;"
                           "PRAGMA temp_store=MEMORY");
        !done)
      return done;
    return *fresh ? store_schema::create(db) : store_schema::upgrade(db);
  }

  result<void> connect_for_reading() {
    auto opened = connect(sqlite::access::read);
    if (opened) return opened;
    // A reader shares memory with the writer in a file beside the store. Where it cannot make that file there is no
    // writer either, and without a log the store is all in one file.
    std::error_code ignored;
    auto log = file_;
    log += "-wal";
    bool settled = !fs::exists(log, ignored) || fs::file_size(log, ignored) == 0;
    if (opened.error().code == errc::unavailable && settled)
      if (auto again = connect(sqlite::access::immutable)) return again;
    return opened;
  }

  result<void> ensure_open() {
    if (!session_)
      if (auto opened = connect(lock_ ? sqlite::access::write : sqlite::access::read); !opened) return opened;
    return settle_doubts();
  }

  /// A commit that was told as failed must not be there, even if all of it reached the disk.
  result<void> settle_doubts() {
    while (!doubts_.empty()) {
      const auto& [experiment, then] = *doubts_.begin();
      auto now = read_summary(experiment);
      if (!now) return now.error();
      if (*now && (*now)->facts > then.facts) {
        const auto id = std::to_string(experiment.number), facts = std::to_string(then.facts);
        auto undo = "BEGIN IMMEDIATE; DELETE FROM fact WHERE experiment = " + id + " AND sequence > " + facts + ";" +
                    (then.facts == 0 ? "DELETE FROM experiment WHERE id = " + id + ";" : "");
        auto done = session_->db.run(undo.c_str());
        if (done && then.facts > 0) done = write_summary(experiment, then);
        if (done) done = session_->db.run("COMMIT");
        if (!done) {
          session_.reset();
          return done;
        }
      }
      doubts_.erase(doubts_.begin());
    }
    return {};
  }

  result<void> ensure_begun() {
    if (session_->db.in_transaction() || session_->begin.run() == SQLITE_DONE) return {};
    return session_->db.failure();
  }

  result<std::optional<summary_row>> read_summary(experiment_id experiment) {
    auto& query = session_->summary_of;
    std::optional<summary_row> out;
    int code = query.bind(1, signed_number(experiment.number)).step();
    if (code == SQLITE_ROW) out = {static_cast<std::uint64_t>(query.number(0)), std::string(query.text(1))};
    auto failed = code == SQLITE_ROW || code == SQLITE_DONE ? std::optional<error>{} : session_->db.failure();
    query.rewind();
    if (failed) return *failed;
    return out;
  }

  /// As the last commit left it; the one that writes on and on is not read each time.
  result<summary_row> summary_now(experiment_id experiment) {
    if (auto known = committed_.find(experiment); known != committed_.end()) return known->second;
    auto stored = read_summary(experiment);
    if (!stored) return stored.error();
    return stored->value_or(summary_row{});
  }

  result<void> write_summary(experiment_id experiment, const summary_row& x) {
    int code =
        session_->grow.bind(1, signed_number(experiment.number)).bind(2, signed_number(x.facts)).bind(3, x.name).run();
    if (code != SQLITE_DONE) return session_->db.failure();
    return {};
  }

  result<void> stage_all(experiment_id experiment, std::span<const fact> facts) {
    if (!lock_) return read_only();
    if (auto ready = ensure_open(); !ready) return ready;
    auto known = after_.find(experiment);
    if (known == after_.end()) {
      // Before reading, which would take and give back locks of its own.
      if (!facts.empty())
        if (auto begun = ensure_begun(); !begun) return begun;
      auto now = summary_now(experiment);
      if (!now) return now.error();
      if (auto fits = may_follow(experiment, now->facts, facts); !fits) return fits;
      if (facts.empty()) return {};
      before_.emplace(experiment, *now);
      known = after_.emplace(experiment, *std::move(now)).first;
    } else if (auto fits = may_follow(experiment, known->second.facts, facts); !fits) {
      return fits;
    }
    auto& row = known->second;
    for (const auto& x : facts) {
      if (auto name = name_given_by(x)) row.name = *std::move(name);
      if (x.sequence == 1) {
        auto& create = session_->create.bind(1, signed_number(experiment.number)).bind(2, row.name);
        if (create.bind(3, milliseconds(x.at)).run() != SQLITE_DONE) return session_->db.failure();
      }
      if (auto done = insert(experiment, x); !done) return done;
      row.facts = x.sequence;
    }
    return {};
  }

  result<void> insert(experiment_id experiment, const fact& x) {
    const auto body = encode(x.what);
    const auto sequence = signed_number(x.sequence), at = milliseconds(x.at);
    int code = session_->insert.bind(1, signed_number(experiment.number << 32 | x.sequence))
                   .bind(2, at)
                   .bind(3, x.request_id)
                   .bind(4, body)
                   .bind(5, checksum(experiment, sequence, at, x.request_id, body))
                   .run();
    if (code != SQLITE_DONE) return session_->db.failure();
    return {};
  }

  result<void> load_snapshot(experiment_id experiment, const std::function<bool(fact&&)>& each, std::uint64_t after) {
    result<std::optional<summary_row>> known = std::optional<summary_row>{};
    if (auto staged = after_.find(experiment); staged != after_.end())
      known = std::optional(staged->second);
    else
      known = read_summary(experiment);
    if (!known) return known.error();
    const auto row = known->value_or(summary_row{});
    if (after > row.facts) return {};
    auto& query = session_->facts_of.bind(1, signed_number(experiment.number)).bind(2, signed_number(after));
    auto last = after;
    int code;
    while ((code = query.step()) == SQLITE_ROW) {
      const auto sequence = query.number(0), at = query.number(1);
      const auto request_id = query.text(2), body = query.text(3);
      if (signed_number(last + 1) != sequence) return damaged(experiment, row.name, last + 1, "is missing");
      if (checksum(experiment, sequence, at, request_id, body) != query.number(4))
        return damaged(experiment, row.name, last + 1, "is not what was written (its checksum differs)");
      auto what = decode(body);
      if (!what) return damaged(experiment, row.name, last + 1, "cannot be read (" + what.error().message + ")");
      ++last;
      if (!each(fact{last, time_point(duration(at)), std::string(request_id), *std::move(what)})) return {};
    }
    if (code != SQLITE_DONE) {
      auto why = session_->db.failure();
      why.message += ", after fact " + std::to_string(last) + " of experiment " + std::to_string(experiment.number);
      return why;
    }
    if (last < row.facts) return damaged(experiment, row.name, last + 1, "is missing");
    if (last > row.facts) return damaged(experiment, row.name, row.facts + 1, "is not on the list of experiments");
    return {};
  }

  /// Back to the last commit.
  void take_back() {
    if (session_ && session_->db.in_transaction() && !session_->db.run("ROLLBACK")) session_.reset();
    before_.clear();
    after_.clear();
    documents_staged_ = false;
  }

  fs::path file_;
  std::optional<store_lock> lock_;                       // none: for reading
  std::optional<session> session_;                       // none: to be opened again after a failed commit
  std::map<experiment_id, summary_row> before_, after_;  // experiments with staged facts: at the last commit, and now
  std::map<experiment_id, summary_row> committed_;       // those that the last commit with facts wrote to
  bool documents_staged_ = false;
  std::map<experiment_id, summary_row> doubts_;  // before a commit that failed; not checked yet
};

/// Where the file is, behind all links, so that two names of one store lock the same file.
fs::path settled(const fs::path& file) {
  std::error_code failed;
  auto out = fs::weakly_canonical(file, failed);
  return failed ? file : out;
}

error refuse(const fs::path& file, errc code, const std::string& why) {
  return {code, "the store " + file.string() + " " + why};
}

/// An empty file that only its owner may use; SQLite gives the files beside it the same rights. Its entry in the
/// directory is synced, or a power cut could take the whole store.
result<void> ensure_file(const fs::path& file) {
  int made = ::open(file.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (made < 0) {
    if (errno == EEXIST) return {};
    int why = errno;
    return sqlite::failure_sentence(file, why == ENOSPC || why == EDQUOT ? SQLITE_FULL : SQLITE_CANTOPEN, why, {});
  }
  ::close(made);
  int directory = ::open(file.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  bool synced = directory >= 0 && ::fsync(directory) == 0;
  int why = errno;
  if (directory >= 0) ::close(directory);
  // Some file systems cannot sync a directory, and say so.
  if (!synced && why != EINVAL) return sqlite::failure_sentence(file, SQLITE_IOERR, why, {});
  return {};
}

result<std::unique_ptr<journal>> opened(std::unique_ptr<sqlite_journal> x) {
  if (auto done = x->open(); !done) return done.error();
  return std::unique_ptr<journal>(std::move(x));
}

}  // namespace

result<std::unique_ptr<journal>> open_sqlite_journal(const fs::path& named) {
  if (named.empty()) return error{errc::invalid, "the store has no file name: give one"};
  const auto file = settled(fs::absolute(named));
  std::error_code ignored;
  auto kind = fs::status(file, ignored).type();
  if (kind != fs::file_type::not_found && kind != fs::file_type::regular)
    return refuse(file, errc::invalid, "is no ordinary file: name another");
  struct statfs system {};
  if (::statfs(file.parent_path().c_str(), &system) != 0)
    return sqlite::failure_sentence(file, SQLITE_CANTOPEN, errno, {});
  if (auto name = network_file_system(system.f_type); !name.empty())
    return refuse(file, errc::invalid,
                  "would be on a network file system (" + std::string(name) +
                      "), which cannot keep it safe: choose a directory on a local disk");
  auto lock = store_lock::take(file);
  if (!lock) return lock.error();
  if (auto there = ensure_file(file); !there) return there.error();
  return opened(std::make_unique<sqlite_journal>(file, std::optional(*std::move(lock))));
}

result<std::unique_ptr<journal>> open_sqlite_journal_for_reading(const fs::path& named) {
  const auto file = settled(fs::absolute(named));
  std::error_code failed;
  auto kind = fs::status(file, failed).type();
  if (kind == fs::file_type::not_found)
    return refuse(file, errc::not_found, "does not exist: check its name, or start an experiment");
  if (kind == fs::file_type::none)
    return refuse(file, errc::unavailable, "cannot be opened (" + failed.message() + ")");
  if (kind != fs::file_type::regular) return refuse(file, errc::invalid, "is no ordinary file: name another");
  return opened(std::make_unique<sqlite_journal>(file, std::nullopt));
}

}  // namespace vilfredo::io
