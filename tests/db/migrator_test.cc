#include "db/migrator.h"

#include "db_support.h"

namespace ringtalk::db::testing {
namespace {

using reactor::Result;

class MigratorTest : public ReactorTest {
 protected:
  Result<> run(std::vector<Migration> migrations) {
    return finish(migrate(*reactor, log, options_for(database), std::move(migrations)));
  }
  std::vector<std::string> query(const std::string& sql) { return postgres().query(database, sql); }

  std::string database = postgres().create_database();
  std::vector<Migration> two = {
      {1, "first", "aa", "CREATE TABLE one (n int); INSERT INTO one VALUES (1), (2);"},
      {2, "second", "bb", "CREATE TABLE two (n int); INSERT INTO two SELECT n FROM one;"}};
};

TEST_F(MigratorTest, applies_what_is_missing_in_order_and_once) {
  ASSERT_TRUE(run({two[0]}));
  ASSERT_TRUE(run(two));
  ASSERT_TRUE(run(two));
  EXPECT_EQ(query("SELECT count(*) FROM two"), std::vector<std::string>{"2"});
  EXPECT_EQ(query("SELECT version || name || checksum FROM schema_migrations ORDER BY 1"),
            (std::vector<std::string>{"1firstaa", "2secondbb"}));
  EXPECT_EQ(log.count("db.migrated"), 2U);
}

TEST_F(MigratorTest, several_servers_at_once_apply_each_migration_once) {
  std::vector<std::optional<Result<>>> outcomes(6);
  for (auto& outcome : outcomes) {
    begin(migrate(*reactor, log, options_for(database), two), outcome);
  }
  for (auto& outcome : outcomes) {
    turn_until([&] { return outcome.has_value(); });
    EXPECT_TRUE(outcome->has_value()) << outcome->error().detail;
  }
  EXPECT_EQ(query("SELECT count(*) FROM one"), std::vector<std::string>{"2"});
  EXPECT_EQ(log.count("db.migrated"), 2U);
}

TEST_F(MigratorTest, refuses_a_migration_with_another_text_and_changes_nothing) {
  ASSERT_TRUE(run({two[0]}));
  two[0].checksum = "changed";
  const Result<> outcome = run(two);
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().kind, reactor::ErrorKind::kInvalid);
  EXPECT_NE(outcome.error().detail.find("another text"), std::string::npos);
  EXPECT_EQ(query("SELECT count(*) FROM schema_migrations"), std::vector<std::string>{"1"});
}

TEST_F(MigratorTest, refuses_a_database_that_is_newer_than_the_program) {
  ASSERT_TRUE(run(two));
  const Result<> outcome = run({two[0]});
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().kind, reactor::ErrorKind::kInvalid);
  EXPECT_NE(outcome.error().detail.find("newer"), std::string::npos);
}

TEST_F(MigratorTest, a_failing_migration_leaves_nothing_behind) {
  two[1].sql += " SELECT 1 / 0;";
  const Result<> outcome = run(two);
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, "22012");
  EXPECT_NE(outcome.error().detail.find("migration 2 (second)"), std::string::npos);
  EXPECT_EQ(query("SELECT to_regclass('two') IS NULL"), std::vector<std::string>{"t"});
  EXPECT_EQ(query("SELECT count(*) FROM schema_migrations"), std::vector<std::string>{"1"});
}

TEST_F(MigratorTest, the_embedded_migrations_make_a_store_with_an_epoch) {
  ASSERT_TRUE(run(embedded_migrations()));
  ASSERT_TRUE(run(embedded_migrations()));
  EXPECT_EQ(query("SELECT length(epoch) FROM cluster"), std::vector<std::string>{"36"});
  EXPECT_EQ(query("SELECT length(checksum) FROM schema_migrations WHERE version = 1"),
            std::vector<std::string>{"64"});
}

TEST_F(MigratorTest, without_a_server_it_is_unavailable) {
  PgOptions options;
  options.url = "host=/nonexistent dbname=x";
  const Result<> outcome = finish(migrate(*reactor, log, options));
  EXPECT_EQ(outcome.error().kind, reactor::ErrorKind::kUnavailable);
}

}  // namespace
}  // namespace ringtalk::db::testing
