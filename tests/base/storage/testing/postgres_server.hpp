#pragma once
// A private PostgreSQL for one test program: its own folder, a Unix socket only, gone with the
// program, even when that crashes.

#include <filesystem>
#include <memory>
#include <string>

#include <sys/types.h>

namespace diemcau::testing {

class PostgresServer {
 public:
  /// Started once in a program. Null, with the reason, when it is not installed or cannot run.
  static PostgresServer* shared(std::string& why_not);
  ~PostgresServer();

  /// The address of a new, empty schema.
  std::string new_database();
  void restart();

 private:
  PostgresServer() = default;
  bool start(std::string& why_not);
  bool launch(std::string& why_not);
  void stop();

  std::filesystem::path binaries_;
  std::filesystem::path folder_;
  pid_t pid_ = -1;
  int log_fd_ = -1;
  int databases_ = 0;
};

}  // namespace diemcau::testing
