#include "tests/base/storage/testing/database_test.hpp"

#include <iostream>
#include <stdexcept>

#include <stdlib.h>

#include "tests/base/storage/testing/postgres_server.hpp"

namespace diemcau::testing {

TemporaryFolder::TemporaryFolder() {
  std::string name = (std::filesystem::temp_directory_path() / "diemcau-test-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
  path_ = name;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

void DatabaseTest::SetUp() {
  if (GetParam() == Dialect::sqlite) {
    url_ = database_url(folder_.path() / "with space");
  } else {
    std::string why_not;
    PostgresServer* server = PostgresServer::shared(why_not);
    if (server == nullptr) {
      std::cerr << "SKIPPED LOUDLY: " << why_not << "\n";
      GTEST_SKIP() << why_not;
    }
    url_ = server->new_database();
  }
  database_ = open(url_);
}

std::unique_ptr<Database> DatabaseTest::open(const std::string& url) {
  DatabaseOptions options;
  options.url = url;
  auto database = Database::open(options);
  if (!database) throw std::runtime_error(database.error().detail);
  return std::move(*database);
}

std::string dialect_name(const ::testing::TestParamInfo<Dialect>& info) {
  return info.param == Dialect::sqlite ? "sqlite" : "postgresql";
}

}  // namespace diemcau::testing
