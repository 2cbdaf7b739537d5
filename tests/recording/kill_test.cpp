// kill -9 at random moments of a recording in real time: at most a second is missing, and every
// file plays after recovery with nobody's help.
#include <csignal>
#include <iostream>
#include <random>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "recording/file_descriptor.hpp"
#include "recording/recovery.hpp"
#include "tests/recording/sample_media.hpp"

namespace diemcau::recording {
namespace {

using namespace std::chrono_literals;

struct Writer {
  pid_t pid = -1;
  FileDescriptor pipe;
  std::filesystem::path folder;
  Duration kill_at{};
  Duration fed{};  // capture time of the last frame it says it handed over

  /// False at the end of the pipe.
  bool read_message() {
    std::int64_t at = 0;
    if (::read(pipe.get(), &at, sizeof at) != sizeof at) return false;
    fed = Duration(at);
    return true;
  }
};

Writer spawn(const std::filesystem::path& folder, Duration kill_at) {
  int ends[2];
  EXPECT_EQ(::pipe2(ends, O_CLOEXEC), 0);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
  const std::string path = folder.string();
  const char* argv[] = {DIEMCAU_KILL_WRITER, path.c_str(), nullptr};
  Writer writer{-1, FileDescriptor(ends[0]), folder, kill_at, {}};
  EXPECT_EQ(::posix_spawn(&writer.pid, argv[0], &actions, nullptr, const_cast<char* const*>(argv),
                          environ),
            0);
  posix_spawn_file_actions_destroy(&actions);
  ::close(ends[1]);
  return writer;
}

/// Kills each at its moment, as its own messages tell it.
void run_to_their_deaths(std::vector<Writer>& writers) {
  std::size_t alive = writers.size();
  std::vector<bool> killed(writers.size());
  while (alive > 0) {
    std::vector<pollfd> waiting;
    for (const Writer& writer : writers) waiting.push_back({writer.pipe.get(), POLLIN, 0});
    for (std::size_t i = 0; i < writers.size(); ++i)
      if (writers[i].pid < 0) waiting[i].fd = -1;
    ASSERT_GT(::poll(waiting.data(), waiting.size(), 20'000), 0) << "a writer said nothing";
    for (std::size_t i = 0; i < writers.size(); ++i) {
      if (waiting[i].revents == 0) continue;
      Writer& writer = writers[i];
      const bool more = writer.read_message();
      if (more && !killed[i] && writer.fed >= writer.kill_at) {
        ::kill(writer.pid, SIGKILL);
        killed[i] = true;
      } else if (!more) {
        int status = 0;
        ::waitpid(writer.pid, &status, 0);
        EXPECT_TRUE(killed[i] && WIFSIGNALED(status)) << "it ended by itself";
        writer.pid = -1;
        --alive;
      }
    }
  }
}

TEST(KilledRecorder, loses_at_most_a_second_twenty_times_of_twenty) {
  test::TemporaryFolder temporary;
  std::random_device seed;
  std::mt19937 random(seed());
  Duration worst{};
  int played = 0;
  SystemClock clock;
  for (int round = 0; round < 5; ++round) {
    std::vector<Writer> writers;
    for (int i = 0; i < 4; ++i) {
      const Duration at =
          std::chrono::milliseconds(std::uniform_int_distribution(600, 3500)(random));
      writers.push_back(
          spawn(temporary.path() / (std::to_string(round) + "-" + std::to_string(i)), at));
      writers.back().kill_at = at;
    }
    run_to_their_deaths(writers);
    for (const Writer& writer : writers) {
      const auto report = recover_folder(*real_disk(), writer.folder, clock);
      ASSERT_TRUE(report.has_value());
      const Duration lost = writer.fed - report->sidecar.length();
      worst = std::max(worst, lost);
      EXPECT_LE(lost, 1s) << "killed at " << writer.fed / 1ms << " ms";
      if (report->sidecar.segments.empty()) continue;  // killed before its first fragment
      EXPECT_EQ(report->sidecar.state, RecorderState::finished);
      ++played;
      const auto file = writer.folder / report->sidecar.segments.at(0).file;
      EXPECT_EQ(test::probe(file).codecs, "h264,aac");
      EXPECT_EQ(test::decode_errors(file), "");
    }
  }
  EXPECT_GE(played, 15);
  std::cout << "lost at worst " << worst / 1ms << " ms\n";
  RecordProperty("worst_loss_ms", static_cast<int>(worst / 1ms));
}

}  // namespace
}  // namespace diemcau::recording
