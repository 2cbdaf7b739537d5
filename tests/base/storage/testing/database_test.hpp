#pragma once
// Every store is tested on both back ends: `class X : public DatabaseTest`, TEST_P, and
// DIEMCAU_BOTH_BACK_ENDS(X) once.

#include <filesystem>
#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "base/clock.hpp"
#include "base/storage/database.hpp"

namespace diemcau::testing {

/// A temporary folder that goes with its owner.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

class DatabaseTest : public ::testing::TestWithParam<Dialect> {
 protected:
  void SetUp() override;

  /// Another connection to the same database, as the command line makes beside the server.
  std::unique_ptr<Database> open_again() { return open(url_); }
  static std::unique_ptr<Database> open(const std::string& url);

  TemporaryFolder folder_;
  std::string url_;
  ManualClock clock_;
  std::unique_ptr<Database> database_;
};

std::string dialect_name(const ::testing::TestParamInfo<Dialect>& info);

}  // namespace diemcau::testing

#define DIEMCAU_BOTH_BACK_ENDS(Fixture)                                                           \
  INSTANTIATE_TEST_SUITE_P(                                                                       \
      on, Fixture, ::testing::Values(::diemcau::Dialect::sqlite, ::diemcau::Dialect::postgresql), \
      ::diemcau::testing::dialect_name)
