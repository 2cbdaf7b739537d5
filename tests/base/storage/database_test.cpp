#include "base/storage/database.hpp"

#include <atomic>
#include <thread>

#include <gmock/gmock.h>
#include <soci/soci.h>

#include "tests/base/storage/testing/database_test.hpp"
#include "tests/base/storage/testing/postgres_server.hpp"

namespace diemcau {
namespace {

const Schema kShelf{
    "shelf",
    {{1, "books", {{"CREATE TABLE books (id BIGINT PRIMARY KEY, title TEXT NOT NULL)"}}},
     {2, "pages", {{"ALTER TABLE books ADD COLUMN pages BIGINT NOT NULL DEFAULT 0"}}}}};

class DatabaseOn : public testing::DatabaseTest {
 protected:
  long long count(Database& database) {
    return database
        .run([](soci::session& session) {
          long long n = 0;
          session << "SELECT COUNT(*) FROM books", soci::into(n);
          return n;
        })
        .value();
  }
  static void add(soci::session& session, long long id, const std::string& title) {
    session << "INSERT INTO books (id, title) VALUES (:id, :title)", soci::use(id),
        soci::use(title);
  }
};
DIEMCAU_BOTH_BACK_ENDS(DatabaseOn);

TEST_P(DatabaseOn, brings_the_tables_up_to_date_and_does_nothing_the_second_time) {
  ASSERT_TRUE(database_->migrate(kShelf));
  ASSERT_TRUE(database_->migrate(kShelf));
  ASSERT_TRUE(database_->transact([](soci::session& s) { add(s, 1, "Nhật ký trong tù"); }));
  EXPECT_EQ(count(*database_), 1);
}

TEST_P(DatabaseOn, applies_only_the_steps_that_are_missing) {
  const Schema old{"shelf", {kShelf.migrations[0]}};
  ASSERT_TRUE(database_->migrate(old));
  ASSERT_TRUE(database_->transact([](soci::session& s) { add(s, 7, "kept"); }));
  ASSERT_TRUE(database_->migrate(kShelf));
  auto pages = database_->run([](soci::session& s) {
    long long n = -1;
    s << "SELECT pages FROM books WHERE id = 7", soci::into(n);
    return n;
  });
  EXPECT_EQ(pages.value(), 0);
}

TEST_P(DatabaseOn, refuses_a_database_of_a_newer_program) {
  ASSERT_TRUE(database_->migrate(kShelf));
  const Schema old{"shelf", {kShelf.migrations[0]}};
  auto refused = database_->migrate(old);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "storage.newer");
  EXPECT_THAT(refused.error().detail, ::testing::HasSubstr("newer version"));
}

TEST_P(DatabaseOn, leaves_nothing_of_a_migration_that_failed) {
  const Schema broken{"shelf",
                      {{1, "half", {{"CREATE TABLE books (id BIGINT)"}, {"CREATE NONSENSE"}}}}};
  ASSERT_FALSE(database_->migrate(broken));
  ASSERT_TRUE(database_->migrate(kShelf));  // would collide with the left-over table
}

TEST_P(DatabaseOn, survives_eight_programs_starting_at_once) {
  std::atomic<int> succeeded{0};
  std::vector<std::thread> programs;
  for (int i = 0; i < 8; ++i) {
    programs.emplace_back([&] {
      DatabaseOptions options;
      options.url = url_;
      options.connections = 1;
      options.patience = std::chrono::seconds(30);
      auto own = Database::open(options);
      if (own && (*own)->migrate(kShelf)) ++succeeded;
    });
  }
  for (auto& program : programs) program.join();
  EXPECT_EQ(succeeded, 8);
}

TEST_P(DatabaseOn, rolls_back_when_the_work_returns_an_error_or_throws) {
  ASSERT_TRUE(database_->migrate(kShelf));
  auto refused = database_->transact([](soci::session& s) -> Result<void> {
    add(s, 1, "never");
    return make_error(Errc::forbidden, "test.no", "no");
  });
  EXPECT_EQ(refused.error().code, "test.no");
  auto thrown = database_->transact([](soci::session& s) {
    add(s, 2, "never");
    throw std::runtime_error("bug");
  });
  EXPECT_EQ(thrown.error().kind, Errc::internal);
  EXPECT_EQ(count(*database_), 0);
}

TEST_P(DatabaseOn, calls_a_double_key_a_conflict) {
  ASSERT_TRUE(database_->migrate(kShelf));
  ASSERT_TRUE(database_->transact([](soci::session& s) { add(s, 1, "a"); }));
  auto again = database_->transact([](soci::session& s) { add(s, 1, "b"); });
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().kind, Errc::conflict);
  EXPECT_EQ(again.error().code, "storage.constraint");
}

TEST_P(DatabaseOn, stays_usable_after_a_statement_that_failed) {
  ASSERT_TRUE(database_->migrate(kShelf));
  for (int i = 0; i < 10; ++i) {
    EXPECT_FALSE(database_->transact([](soci::session& s) { s << "SELECT * FROM nowhere"; }));
  }
  EXPECT_EQ(count(*database_), 0);
}

TEST_P(DatabaseOn, shows_committed_rows_to_another_program) {
  ASSERT_TRUE(database_->migrate(kShelf));
  auto other = open_again();
  ASSERT_TRUE(other->transact([](soci::session& s) { add(s, 1, "Đường kách mệnh"); }));
  EXPECT_EQ(count(*database_), 1);
}

TEST_P(DatabaseOn, says_busy_when_every_connection_is_taken) {
  DatabaseOptions options;
  options.url = url_;
  options.connections = 1;
  options.patience = std::chrono::milliseconds(1);
  auto one = Database::open(options);
  ASSERT_TRUE(one);
  Result<void> inner;
  ASSERT_TRUE((*one)->run([&](soci::session&) { inner = (*one)->run([](soci::session&) {}); }));
  ASSERT_FALSE(inner);
  EXPECT_EQ(inner.error().kind, Errc::busy);
}

TEST_P(DatabaseOn, keeps_writers_of_two_programs_from_losing_each_others_work) {
  ASSERT_TRUE(database_->migrate(kShelf));
  ASSERT_TRUE(database_->transact([](soci::session& s) { add(s, 1, "counted"); }));
  auto other = open_again();
  auto work = [](Database& database) {
    for (int i = 0; i < 25; ++i) {
      ASSERT_TRUE(database.transact(
          [](soci::session& s) { s << "UPDATE books SET pages = pages + 1 WHERE id = 1"; }));
    }
  };
  std::thread second([&] { work(*other); });
  work(*database_);
  second.join();
  auto pages = database_->run([](soci::session& s) {
    long long n = 0;
    s << "SELECT pages FROM books WHERE id = 1", soci::into(n);
    return n;
  });
  EXPECT_EQ(pages.value(), 50);
}

TEST(SqliteDatabase, waits_for_nobody_for_ever) {
  testing::TemporaryFolder folder;
  DatabaseOptions options;
  options.url = database_url(folder.path());
  options.connections = 2;
  options.patience = std::chrono::milliseconds(20);
  auto database = Database::open(options);
  ASSERT_TRUE(database);
  ASSERT_TRUE((*database)->migrate(kShelf));
  Result<void> second;
  ASSERT_TRUE((*database)->transact(
      [&](soci::session&) { second = (*database)->transact([](soci::session&) {}); }));
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, "storage.busy");
}

TEST(SqliteDatabase, writes_ahead_flushes_every_commit_and_holds_foreign_keys) {
  testing::TemporaryFolder folder;
  DatabaseOptions options;
  options.url = database_url(folder.path());
  auto database = Database::open(options);
  ASSERT_TRUE(database);
  auto pragma = [&](const std::string& name) {
    return (*database)
        ->run([&](soci::session& s) {
          std::string value;
          s << "PRAGMA " + name, soci::into(value);
          return value;
        })
        .value();
  };
  EXPECT_EQ(pragma("journal_mode"), "wal");
  EXPECT_EQ(pragma("synchronous"), "2");
  EXPECT_EQ(pragma("foreign_keys"), "1");
}

TEST(SqliteDatabase, copies_itself_whole_while_it_is_written) {
  testing::TemporaryFolder folder;
  DatabaseOptions options;
  options.url = database_url(folder.path());
  auto database = Database::open(options);
  ASSERT_TRUE(database && (*database)->migrate(kShelf));
  ASSERT_TRUE(
      (*database)->transact([](soci::session& s) { s << "INSERT INTO books VALUES (1, 'a', 0)"; }));
  const auto copy = folder.path() / "bản sao.db";
  ASSERT_TRUE((*database)->transact([&](soci::session& s) {
    s << "INSERT INTO books VALUES (2, 'b', 0)";  // not committed: not in the copy
    ASSERT_TRUE((*database)->copy_to(copy));
  }));
  EXPECT_EQ((*database)->copy_to(copy).error().code, "storage.exists");
  options.url = "sqlite:" + copy.string();
  auto opened = Database::open(options);
  ASSERT_TRUE(opened);
  auto rows = (*opened)->run([](soci::session& s) {
    int n = 0;
    s << "SELECT COUNT(*) FROM books", soci::into(n);
    return n;
  });
  EXPECT_EQ(rows.value(), 1);
}

TEST(DatabaseAddress, is_refused_when_it_names_no_back_end_and_never_repeated) {
  for (const char* url : {"", "mysql://x", "/var/lib/x.db", "sqlite:", "oracle:secret"}) {
    DatabaseOptions options;
    options.url = url;
    auto database = Database::open(options);
    ASSERT_FALSE(database) << url;
    EXPECT_EQ(database.error().code, "storage.bad_url");
    EXPECT_THAT(database.error().detail, ::testing::Not(::testing::HasSubstr("secret")));
  }
}

TEST(DatabaseAddress, that_cannot_be_opened_says_so) {
  DatabaseOptions options;
  options.url = "sqlite:/proc/nowhere/x.db";
  EXPECT_EQ(Database::open(options).error().code, "storage.open");
  options.url = "postgresql:///x?host=/nowhere&password=secret";
  auto unreachable = Database::open(options);
  ASSERT_FALSE(unreachable);
  EXPECT_EQ(unreachable.error().code, "storage.open");
  EXPECT_THAT(unreachable.error().detail, ::testing::Not(::testing::HasSubstr("secret")));
}

class PostgresRestart : public testing::DatabaseTest {};
INSTANTIATE_TEST_SUITE_P(on, PostgresRestart, ::testing::Values(Dialect::postgresql),
                         testing::dialect_name);

TEST_P(PostgresRestart, costs_one_error_per_connection_and_no_restart_of_ours) {
  ASSERT_TRUE(database_->migrate(kShelf));
  std::string ignored;
  testing::PostgresServer::shared(ignored)->restart();
  bool back = false;
  for (int attempt = 0; attempt < 5 && !back; ++attempt) {
    back = database_->run([](soci::session& s) { s << "SELECT 1"; }).has_value();
  }
  EXPECT_TRUE(back);
}

}  // namespace
}  // namespace diemcau
