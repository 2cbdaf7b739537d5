#include "tests/base/storage/testing/postgres_server.hpp"

#include <chrono>
#include <cstdlib>
#include <vector>

#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <soci/postgresql/soci-postgresql.h>
#include <soci/soci.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace diemcau::testing {
namespace {

namespace fs = std::filesystem;

fs::path find_binaries() {
  std::error_code ignored;
  fs::path best;
  for (const auto& version : fs::directory_iterator("/usr/lib/postgresql", ignored)) {
    const fs::path bin = version.path() / "bin";
    if (fs::exists(bin / "initdb") && bin > best) best = bin;
  }
  return best;
}

/// PostgreSQL refuses to run as root: the account Debian's package makes, else nobody.
const passwd* unprivileged() {
  const passwd* user = ::getpwnam("postgres");
  return user != nullptr ? user : ::getpwnam("nobody");
}

/// Child with its output in a pipe; ends by SIGINT (a fast shutdown) when this program dies.
pid_t spawn(const std::vector<std::string>& command, int& output_fd) {
  int fds[2];
  if (::pipe2(fds, O_CLOEXEC) != 0) return -1;
  const passwd* user = ::geteuid() == 0 ? unprivileged() : nullptr;
  std::vector<char*> argv;
  for (const std::string& word : command) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  const pid_t parent = ::getpid();
  const pid_t pid = ::fork();
  if (pid == 0) {
    ::dup2(fds[1], STDOUT_FILENO);
    ::dup2(fds[1], STDERR_FILENO);
    if (user != nullptr && (::setgroups(0, nullptr) != 0 || ::setgid(user->pw_gid) != 0 ||
                            ::setuid(user->pw_uid) != 0)) {
      ::_exit(126);
    }
    ::prctl(PR_SET_PDEATHSIG, SIGINT);
    if (::getppid() != parent) ::_exit(125);
    if (::chdir("/") != 0) ::_exit(124);
    ::execv(argv[0], argv.data());
    ::_exit(127);
  }
  ::close(fds[1]);
  output_fd = fds[0];
  return pid;
}

/// Reads until `wanted` appears (true), or the end of output or a minute (false).
bool read_until(int fd, const std::string& wanted, std::string& seen) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes(1);
  for (;;) {
    if (!wanted.empty() && seen.find(wanted) != std::string::npos) return true;
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        deadline - std::chrono::steady_clock::now());
    pollfd waiting{fd, POLLIN, 0};
    if (left.count() <= 0 || ::poll(&waiting, 1, static_cast<int>(left.count())) <= 0) return false;
    char buffer[4096];
    const ssize_t n = ::read(fd, buffer, sizeof buffer);
    if (n <= 0) return false;
    seen.append(buffer, static_cast<std::size_t>(n));
  }
}

}  // namespace

PostgresServer* PostgresServer::shared(std::string& why_not) {
  static std::string reason;
  static const std::unique_ptr<PostgresServer> server = [] {
    std::unique_ptr<PostgresServer> made(new PostgresServer);
    if (!made->start(reason)) made.reset();
    return made;
  }();
  why_not = reason;
  return server.get();
}

bool PostgresServer::start(std::string& why_not) {
  binaries_ = find_binaries();
  if (binaries_.empty()) {
    why_not = "PostgreSQL is not installed (package postgresql)";
    return false;
  }
  char name[] = "/tmp/diemcau-pg-XXXXXX";
  if (::mkdtemp(name) == nullptr) {
    why_not = "PostgreSQL: no temporary folder";
    return false;
  }
  folder_ = name;
  if (::geteuid() == 0) {
    const passwd* user = unprivileged();
    if (user == nullptr || ::chown(name, user->pw_uid, user->pw_gid) != 0) {
      why_not = "PostgreSQL: no unprivileged account to run it";
      return false;
    }
  }
  int output = -1;
  const pid_t initdb =
      spawn({(binaries_ / "initdb").string(), "-D", (folder_ / "data").string(), "-A", "trust",
             "-U", "diemcau", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"},
            output);
  std::string text;
  read_until(output, "", text);
  ::close(output);
  int status = 0;
  if (initdb < 0 || ::waitpid(initdb, &status, 0) != initdb || status != 0) {
    why_not = "PostgreSQL: initdb failed: " + text;
    return false;
  }
  return launch(why_not);
}

bool PostgresServer::launch(std::string& why_not) {
  pid_ = spawn({(binaries_ / "postgres").string(), "-D", (folder_ / "data").string(), "-k",
                folder_.string(), "-c", "listen_addresses=", "-c", "fsync=off", "-c",
                "max_connections=50", "-c", "shared_buffers=16MB", "-c", "logging_collector=off"},
               log_fd_);
  std::string text;
  if (pid_ < 0 || !read_until(log_fd_, "ready to accept connections", text)) {
    why_not = "PostgreSQL did not start: " + text;
    return false;
  }
  // Nobody reads the log from here on; a full pipe must not stop the server.
  ::fcntl(log_fd_, F_SETFL, O_NONBLOCK);
  ::fcntl(log_fd_, F_SETPIPE_SZ, 1 << 20);
  return true;
}

void PostgresServer::stop() {
  if (pid_ > 0) {
    ::kill(pid_, SIGINT);
    ::waitpid(pid_, nullptr, 0);
    pid_ = -1;
  }
  if (log_fd_ >= 0) ::close(log_fd_);
  log_fd_ = -1;
}

void PostgresServer::restart() {
  stop();
  std::string ignored;
  launch(ignored);
}

std::string PostgresServer::new_database() {
  const std::string base = "postgresql:///postgres?user=diemcau&host=" + folder_.string();
  const std::string schema = "t" + std::to_string(++databases_);
  soci::session session(soci::postgresql, base);
  session << "CREATE SCHEMA " + schema;
  return base + "&options=-csearch_path%3D" + schema;
}

PostgresServer::~PostgresServer() {
  stop();
  std::error_code ignored;
  if (!folder_.empty()) fs::remove_all(folder_, ignored);
}

}  // namespace diemcau::testing
