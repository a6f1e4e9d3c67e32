#include "db/migrator.h"

#include <fmt/format.h>

#include <chrono>
#include <optional>
#include <utility>

#include "db/pg_connection.h"

namespace ringtalk::db {
namespace {

using reactor::Result;

// A migration may take long, and so may waiting for another server's. Its one answer is awaited.
constexpr std::chrono::minutes kMigrationTimeout{30};

// The number means nothing but "Ringtalk's migrations". Released at the end of the transaction.
constexpr Statement kLock{"migration_lock", "SELECT pg_advisory_xact_lock(7164381190114)::text"};

constexpr Statement kCreateTable{"migration_table", R"(
CREATE TABLE IF NOT EXISTS schema_migrations (
  version integer PRIMARY KEY,
  name text NOT NULL,
  checksum text NOT NULL,
  applied_at timestamptz NOT NULL DEFAULT now()))"};

constexpr Statement kRead{"migrations_applied",
                          "SELECT version, name, checksum FROM schema_migrations ORDER BY version"};

constexpr Statement kRecord{
    "migration_record",
    "INSERT INTO schema_migrations (version, name, checksum) VALUES ($1, $2, $3)"};

constexpr const char* kUniqueViolation = "23505";

PgOptions patient(PgOptions options) {
  options.application_name += " migrator";
  options.query_timeout = kMigrationTimeout;
  options.stuck_after = kMigrationTimeout;
  options.lock_timeout = std::chrono::milliseconds(0);
  options.statement_timeout = std::chrono::milliseconds(0);
  return options;
}

/// How many of `migrations` are applied, or what is wrong with the database.
Result<std::size_t> count_applied(const PgResult& rows, const std::vector<Migration>& migrations) {
  for (int row = 0; row < rows.rows(); ++row) {
    const std::int32_t version = rows.int4({row, 0});
    const auto place = static_cast<std::size_t>(row);
    if (place >= migrations.size() || migrations[place].version != version) {
      return reactor::fail(
          reactor::ErrorKind::kInvalid,
          fmt::format("the database has migration {} ({}), which this program does not know: the "
                      "database is newer, so install the version of Ringtalk that it belongs to",
                      version, rows.text({row, 1})));
    }
    if (migrations[place].checksum != rows.text({row, 2})) {
      return reactor::fail(
          reactor::ErrorKind::kInvalid,
          fmt::format("migration {} ({}) was applied to the database with another text: checksum "
                      "{} there, {} in this program",
                      version, rows.text({row, 1}), rows.text({row, 2}),
                      migrations[place].checksum));
    }
  }
  return static_cast<std::size_t>(rows.rows());
}

// DO takes one string and runs all statements in it, which a prepared statement cannot.
std::string as_one_statement(const Migration& migration) {
  return fmt::format("DO $do$ BEGIN EXECUTE $migration${}$migration$; END $do$", migration.sql);
}

Answer<void> apply(PgConnection& connection, Migration migration) {
  const std::string name = fmt::format("migration_{}", migration.version);
  const std::string sql = as_one_statement(migration);
  Segment segment;
  segment.add(kLock);
  segment.add(kRecord,
              PgParameters().int4(migration.version).text(migration.name).text(migration.checksum));
  segment.add({name.c_str(), sql.c_str()});
  const auto applied = co_await connection.run(std::move(segment));
  if (applied) co_return reactor::Result<>{};
  reactor::Error error = applied.error();
  error.detail =
      fmt::format("migration {} ({}): {}", migration.version, migration.name, error.detail);
  co_return std::unexpected(std::move(error));
}

Answer<void> apply_missing(PgConnection& connection, reactor::Log& log,
                           std::vector<Migration> migrations) {
  const auto created = co_await connection.run(Segment(kLock).add(kCreateTable));
  if (!created) co_return std::unexpected(created.error());
  while (true) {
    const auto rows = co_await connection.run(Segment(kRead));
    if (!rows) co_return std::unexpected(rows.error());
    const Result<std::size_t> applied = count_applied(rows->front(), migrations);
    if (!applied) co_return std::unexpected(applied.error());
    if (*applied == migrations.size()) co_return reactor::Result<>{};

    const Migration& next = migrations[*applied];
    const Result<> outcome = co_await apply(connection, next);
    // Another server was faster: look again.
    const bool was_there = !outcome && outcome.error().code == kUniqueViolation;
    if (!outcome && !was_there) co_return std::unexpected(outcome.error());
    if (outcome) log.info("db.migrated", {{"version", next.version}, {"name", next.name}});
  }
}

}  // namespace

Answer<void> migrate(reactor::Reactor& reactor, reactor::Log& log, PgOptions options,
                     std::vector<Migration> migrations) {
  PgConnection connection(reactor, log, patient(std::move(options)), "migrator");
  connection.open();
  const Result<> outcome = co_await apply_missing(connection, log, std::move(migrations));
  co_await connection.close();
  co_return outcome;
}

}  // namespace ringtalk::db
