#include "io/store_schema.hpp"

#include <string>

namespace vilfredo::io::store_schema {

namespace {

/// experiment.facts is how many facts the experiment has, so that a lost tail is noticed, too.
constexpr const char* experiments = R"(
CREATE TABLE experiment(
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  created_ms INTEGER NOT NULL,
  facts INTEGER NOT NULL
) STRICT;
)";

/// The rows of one experiment lie together and in order: loading is one sequential read. Both numbers make one key,
/// because SQLite appends to a table with such a key in fewer pages than to one with two columns as its key, and
/// compares less.
constexpr const char* facts = R"(
CREATE TABLE fact(
  place INTEGER PRIMARY KEY,
  at_ms INTEGER NOT NULL,
  request_id TEXT NOT NULL,
  body TEXT NOT NULL,
  checksum INTEGER NOT NULL,
  experiment INTEGER GENERATED ALWAYS AS (place >> 32) VIRTUAL,
  sequence INTEGER GENERATED ALWAYS AS (place & 4294967295) VIRTUAL
) STRICT;
)";

/// What is kept beside experiments; a row without a body was removed. Its number is not used again.
constexpr const char* documents = R"(
CREATE TABLE IF NOT EXISTS document(
  collection TEXT NOT NULL,
  key TEXT NOT NULL,
  number INTEGER NOT NULL,
  version INTEGER NOT NULL,
  created_ms INTEGER NOT NULL,
  updated_ms INTEGER NOT NULL,
  body TEXT,
  PRIMARY KEY(collection, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS document_number ON document(collection, number);
)";

/// For people with an sqlite3 shell; the program reads none of them. Points and values are lists in facts, so each is
/// given its names by the definition in the experiment's first fact.
constexpr const char* views = R"(
CREATE VIEW dimensions(experiment, position, name, categories) AS
  SELECT f.experiment, d.key, json_extract(d.value, '$.name'), json_extract(d.value, '$.values')
    FROM fact f, json_each(f.body, '$.definition.conditionals') d WHERE f.sequence = 1
  UNION ALL
  SELECT f.experiment, d.key + ifnull(json_array_length(f.body, '$.definition.conditionals'), 0),
         json_extract(d.value, '$.name'), json_extract(d.value, '$.categorical_values')
    FROM fact f, json_each(f.body, '$.definition.parameters') d WHERE f.sequence = 1;

CREATE VIEW metrics(experiment, position, name, objective, strategy) AS
  SELECT f.experiment, m.key, json_extract(m.value, '$.name'), json_extract(m.value, '$.objective'),
         ifnull(json_extract(m.value, '$.strategy'), 'optimize')
    FROM fact f, json_each(f.body, '$.definition.metrics') m WHERE f.sequence = 1;

CREATE VIEW observations(experiment, observation, trial, at, assignments, metrics, stddevs, failure, stopped_at) AS
  WITH told AS MATERIALIZED (
    SELECT experiment, sequence, at_ms, json_extract(body, '$.event') AS event,
           json_extract(body, '$.observation') AS observation, json_extract(body, '$.trial') AS trial,
           json_extract(body, '$.point') AS point, json_extract(body, '$.values') AS measured,
           json_extract(body, '$.stddevs') AS stddevs,
           CASE json_extract(body, '$.event')
             WHEN 'trial_failed' THEN ifnull(json_extract(body, '$.reason'), 'failed')
             ELSE json_extract(body, '$.failure') END AS failure,
           CASE json_extract(body, '$.event') WHEN 'trial_stopped' THEN json_extract(body, '$.step') END AS stopped_at
      FROM fact
     WHERE json_extract(body, '$.event') IN
           ('trial_completed', 'trial_failed', 'trial_stopped', 'observation_added', 'observation_edited',
            'observation_deleted')),
  -- With min() and max(), the other columns are those of the row that has the minimum or maximum.
  first AS MATERIALIZED (
    SELECT experiment, observation, min(sequence), at_ms, trial, point FROM told GROUP BY experiment, observation),
  last AS MATERIALIZED (
    SELECT experiment, observation, max(sequence), event, measured, stddevs, failure, stopped_at FROM told
     GROUP BY experiment, observation),
  suggested AS MATERIALIZED (
    SELECT experiment, json_extract(body, '$.trial') AS trial, json_extract(body, '$.point') AS point FROM fact
     WHERE json_extract(body, '$.event') IN ('trial_queued', 'trial_issued')
       AND json_extract(body, '$.point') IS NOT NULL)
  SELECT first.experiment, first.observation, first.trial,
         strftime('%Y-%m-%d %H:%M:%f', first.at_ms / 1000.0, 'unixepoch'),
         (SELECT json_group_object(d.name, CASE WHEN d.categories IS NULL THEN p.value
                                                ELSE json_extract(d.categories, '$[' || CAST(p.value AS INTEGER) || ']') END)
            FROM json_each(ifnull(first.point, suggested.point)) p
            JOIN dimensions d ON d.experiment = first.experiment AND d.position = p.key WHERE p.type <> 'null'),
         (SELECT json_group_object(m.name, v.value) FROM json_each(last.measured) v
            JOIN metrics m ON m.experiment = first.experiment AND m.position = v.key WHERE v.type <> 'null'),
         (SELECT json_group_object(m.name, v.value) FROM json_each(last.stddevs) v
            JOIN metrics m ON m.experiment = first.experiment AND m.position = v.key WHERE v.type <> 'null'),
         nullif(last.failure, ''), last.stopped_at
    FROM first JOIN last USING (experiment, observation) LEFT JOIN suggested USING (experiment, trial)
   WHERE last.event <> 'observation_deleted'
   ORDER BY first.experiment, first.observation;

CREATE VIEW trials(experiment, trial, state, attempts, worker, origin, issued, ended, assignments, observation,
                   metrics, reason, task) AS
  WITH told AS MATERIALIZED (
    SELECT experiment, sequence, at_ms, json_extract(body, '$.event') AS event, json_extract(body, '$.trial') AS trial,
           json_extract(body, '$.attempt') AS attempt, json_extract(body, '$.worker') AS worker,
           json_extract(body, '$.origin') AS origin, json_extract(body, '$.point') AS point,
           json_extract(body, '$.observation') AS observation, json_extract(body, '$.reason') AS reason,
           json_extract(body, '$.task') AS task
      FROM fact
     WHERE json_extract(body, '$.event') IN ('trial_queued', 'trial_issued', 'trial_completed', 'trial_failed',
                                             'trial_stopped', 'trial_returned', 'trial_cancelled', 'trial_deleted',
                                             'trial_paused')),
  first AS MATERIALIZED (
    SELECT experiment, trial, min(sequence), point, ifnull(origin, 'user') AS origin, task FROM told
     GROUP BY experiment, trial),
  attempts AS MATERIALIZED (
    SELECT experiment, trial, max(sequence), ifnull(attempt, 1) AS attempts, worker FROM told
     WHERE event = 'trial_issued' GROUP BY experiment, trial),
  last AS MATERIALIZED (
    SELECT experiment, trial, max(sequence), event, at_ms, observation, reason FROM told GROUP BY experiment, trial)
  SELECT first.experiment, first.trial,
         CASE last.event WHEN 'trial_issued' THEN 'running' ELSE substr(last.event, 7) END,
         ifnull(attempts.attempts, 0), attempts.worker, first.origin,
         (SELECT strftime('%Y-%m-%d %H:%M:%f', min(told.at_ms) / 1000.0, 'unixepoch') FROM told
           WHERE told.experiment = first.experiment AND told.trial = first.trial AND told.event = 'trial_issued'),
         CASE WHEN last.event IN ('trial_completed', 'trial_failed', 'trial_stopped', 'trial_cancelled')
              THEN strftime('%Y-%m-%d %H:%M:%f', last.at_ms / 1000.0, 'unixepoch') END,
         (SELECT json_group_object(d.name, CASE WHEN d.categories IS NULL THEN p.value
                                                ELSE json_extract(d.categories, '$[' || CAST(p.value AS INTEGER) || ']') END)
            FROM json_each(first.point) p
            JOIN dimensions d ON d.experiment = first.experiment AND d.position = p.key WHERE p.type <> 'null'),
         last.observation, o.metrics, nullif(last.reason, ''),
         -- Without a task: the full one, of an experiment that has tasks.
         (SELECT json_extract(t.value, '$.name') FROM fact f, json_each(f.body, '$.definition.tasks') t
           WHERE f.experiment = first.experiment AND f.sequence = 1
             AND CASE WHEN first.task IS NULL THEN json_extract(t.value, '$.cost') = 1 ELSE t.key = first.task END)
    FROM first JOIN last USING (experiment, trial) LEFT JOIN attempts USING (experiment, trial)
    LEFT JOIN observations o ON o.experiment = first.experiment AND o.observation = last.observation
   WHERE last.event <> 'trial_deleted'
   ORDER BY first.experiment, first.trial;

CREATE VIEW reports(experiment, trial, attempt, step, at, metrics) AS
  SELECT f.experiment, json_extract(f.body, '$.trial'), ifnull(json_extract(f.body, '$.attempt'), 1),
         json_extract(f.body, '$.step'), strftime('%Y-%m-%d %H:%M:%f', f.at_ms / 1000.0, 'unixepoch'),
         (SELECT json_group_object(m.name, v.value) FROM json_each(f.body, '$.values') v
            JOIN metrics m ON m.experiment = f.experiment AND m.position = v.key WHERE v.type <> 'null')
    FROM fact f WHERE json_extract(f.body, '$.event') = 'progress_reported'
   ORDER BY f.experiment, f.sequence;
)";

}  // namespace

result<bool> empty(sqlite::connection& db) {
  auto id = db.number("PRAGMA application_id");
  if (!id) return id.error();
  auto things = db.number("SELECT count(*) FROM sqlite_schema");
  if (!things) return things.error();
  return *id == 0 && *things == 0;
}

result<void> check(sqlite::connection& db, const std::filesystem::path& file) {
  auto id = db.number("PRAGMA application_id");
  if (!id) return id.error();
  if (*id != application_id)
    return error{errc::invalid,
                 file.string() + " is not a store: another program made this database; name another file"};
  auto found = db.number("PRAGMA user_version");
  if (!found) return found.error();
  if (*found > version)
    return error{errc::invalid, "the store " + file.string() + " was written by a newer vilfredo (store version " +
                                    std::to_string(*found) + ", this program knows " + std::to_string(version) +
                                    "): use that version, or name another file"};
  if (*found < 1)
    return error{errc::internal, "the store " + file.string() + " is damaged (its version is " +
                                     std::to_string(*found) + "): see \"Repair\" in docs/store.md"};
  return {};
}

result<void> create(sqlite::connection& db) {
  const auto all = "BEGIN IMMEDIATE;" + std::string(experiments) + facts + documents + views +
                   "PRAGMA application_id=" + std::to_string(application_id) +
                   ";PRAGMA user_version=" + std::to_string(version) + ";COMMIT";
  auto made = db.run(all.c_str());
  if (!made && db.in_transaction()) (void)db.run("ROLLBACK");
  return made;
}

result<void> upgrade(sqlite::connection& db) {
  auto found = db.number("PRAGMA user_version");
  if (!found) return found.error();
  if (*found == version) return {};
  auto all = std::string("BEGIN IMMEDIATE;"
                         "DROP VIEW IF EXISTS reports;DROP VIEW IF EXISTS trials;DROP VIEW IF EXISTS observations;"
                         "DROP VIEW IF EXISTS metrics;DROP VIEW IF EXISTS dimensions;");
  if (*found < one_key)
    all += "ALTER TABLE fact RENAME TO former_fact;" + std::string(facts) +
           "INSERT INTO fact SELECT experiment << 32 | sequence, at_ms, request_id, body, checksum FROM former_fact"
           " ORDER BY experiment, sequence;DROP TABLE former_fact;";
  all += std::string(documents) + views + "PRAGMA user_version=" + std::to_string(version) + ";COMMIT";
  auto made = db.run(all.c_str());
  if (!made && db.in_transaction()) (void)db.run("ROLLBACK");
  return made;
}

}  // namespace vilfredo::io::store_schema
