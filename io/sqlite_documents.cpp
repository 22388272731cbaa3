#include "io/sqlite_documents.hpp"

#include <map>
#include <utility>

#include <sqlite3.h>

namespace vilfredo::io {

namespace {

document row(const sqlite::statement& query) {
  auto time = [&](int column) { return time_point(duration(query.number(column))); };
  document out{std::string(query.text(0)),
               std::string(query.text(1)),
               static_cast<std::uint64_t>(query.number(2)),
               static_cast<std::uint64_t>(query.number(3)),
               time(4),
               time(5),
               std::string(query.text(6))};
  return out;
}

std::int64_t milliseconds(time_point x) { return x.time_since_epoch().count(); }

}  // namespace

result<sqlite_documents> sqlite_documents::prepare(sqlite::connection& db) {
  sqlite_documents out;
  constexpr std::string_view columns =
      "SELECT collection, key, number, version, created_ms, updated_ms, body FROM document ";
  for (auto [where, sql] : {
           std::pair{&out.one_, std::string(columns) + "WHERE collection = ?1 AND key = ?2"},
           {&out.all_, std::string(columns) + "WHERE collection = ?1 AND body IS NOT NULL ORDER BY number"},
           {&out.last_, "SELECT ifnull(max(number), 0) FROM document WHERE collection = ?1"},
           {&out.put_, "INSERT INTO document VALUES(?1, ?2, ?3, ?4, ?5, ?6, nullif(?7, '')) ON CONFLICT DO UPDATE SET "
                       "version = excluded.version, updated_ms = excluded.updated_ms, body = excluded.body, "
                       "created_ms = excluded.created_ms"},
       }) {
    auto prepared = db.prepare(sql);
    if (!prepared) return prepared.error();
    *where = *std::move(prepared);
  }
  return out;
}

result<document> sqlite_documents::read(sqlite::connection& db, const std::string& collection, const std::string& key) {
  document out{collection, key, 0, 0, {}, {}, {}};
  int code = one_.bind(1, collection).bind(2, key).step();
  if (code == SQLITE_ROW) out = row(one_);
  auto failed = code == SQLITE_ROW || code == SQLITE_DONE ? std::optional<error>{} : db.failure();
  one_.rewind();
  if (failed) return *failed;
  return out;
}

result<std::vector<document>> sqlite_documents::find(sqlite::connection& db, const document_query& what) {
  std::vector<document> out;
  if (what.key) {
    auto found = read(db, what.collection, *what.key);
    if (!found) return found.error();
    if (!found->body.empty()) out.push_back(*std::move(found));
    return out;
  }
  int code;
  all_.bind(1, what.collection);
  while ((code = all_.step()) == SQLITE_ROW) out.push_back(row(all_));
  auto failed = code == SQLITE_DONE ? std::optional<error>{} : db.failure();
  all_.rewind();
  if (failed) return *failed;
  return out;
}

result<std::vector<document>> sqlite_documents::current(sqlite::connection& db,
                                                        std::span<const document_change> changes) {
  std::vector<document> out;
  for (const auto& c : changes) {
    document now{c.collection, c.key, 0, 0, {}, {}, {}};
    if (!c.key.empty()) {
      auto found = read(db, c.collection, c.key);
      if (!found) return found.error();
      now = *std::move(found);
    }
    // One that was removed does not exist, but what comes after it must differ from what was before.
    auto version = now.body.empty() ? 0 : now.version;
    if (c.version && *c.version != version)
      return error{errc::conflict, c.collection + " \"" + c.key + "\" " +
                                       (*c.version == 0 ? "exists already" : "was changed by somebody else meanwhile")};
    out.push_back(std::move(now));
  }
  return out;
}

result<std::vector<document>> sqlite_documents::write(sqlite::connection& db,
                                                      std::span<const document_change> changes) {
  std::vector<document> out;
  std::map<std::string, std::uint64_t> last;
  for (const auto& c : changes) {
    auto found = read(db, c.collection, c.key);
    if (!found) return found.error();
    auto next = *std::move(found);
    if (next.number == 0) {
      auto [counter, fresh] = last.emplace(c.collection, 0);
      if (fresh) {
        int code = last_.bind(1, c.collection).step();
        if (code == SQLITE_ROW) counter->second = static_cast<std::uint64_t>(last_.number(0));
        last_.rewind();
        if (code != SQLITE_ROW) return db.failure();
      }
      next.number = ++counter->second;
      if (c.key.empty()) next.key = std::to_string(next.number);
    }
    if (next.body.empty()) next.created = c.at;
    next.updated = c.at;
    ++next.version;
    next.body = c.body.value_or(std::string{});
    int code = put_.bind(1, next.collection)
                   .bind(2, next.key)
                   .bind(3, static_cast<std::int64_t>(next.number))
                   .bind(4, static_cast<std::int64_t>(next.version))
                   .bind(5, milliseconds(next.created))
                   .bind(6, milliseconds(next.updated))
                   .bind(7, next.body)
                   .run();
    if (code != SQLITE_DONE) return db.failure();
    out.push_back(std::move(next));
  }
  return out;
}

}  // namespace vilfredo::io
