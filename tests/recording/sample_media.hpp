#pragma once
// Real H.264 and AAC for the tests, encoded once per process, and the means to look at a file.

#include <filesystem>
#include <string>
#include <vector>

#include "media/stream/encoded_frame.hpp"

namespace diemcau::recording::test {

/// Frames of a moving picture (25 a second, a key frame each second) and of a tone (48 kHz stereo),
/// without times.
struct SampleMedia {
  std::vector<media::EncodedFrame> video;
  std::vector<media::EncodedFrame> audio;
};

/// 4 s of 320×180 and 440 Hz.
const SampleMedia& sample_media();
/// 1 s of 160×90: other parameter sets.
const SampleMedia& other_media();

inline constexpr Duration kPicture = std::chrono::milliseconds(40);
inline constexpr Duration kSound{1024 * 1'000'000'000ull / 48'000};

/// Frame `i` of an endless stream (the sample repeated; it begins with a key frame), captured at
/// `start + i × duration`.
media::EncodedFramePtr video_frame(const SampleMedia& media, std::size_t i, TimePoint start);
media::EncodedFramePtr audio_frame(const SampleMedia& media, std::size_t i, TimePoint start);
/// Both in order of capture, for `length`.
std::vector<media::EncodedFramePtr> stage(const SampleMedia& media, TimePoint start,
                                          Duration length);

/// A folder of its own, removed at the end.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  const std::filesystem::path& path() const noexcept { return path_; }

 private:
  std::filesystem::path path_;
};

/// Standard output and error of a command, and its exit code.
struct CommandResult {
  int code = -1;
  std::string output;
};
CommandResult run_command(const std::string& command);

/// What ffprobe finds.
struct Probe {
  std::string codecs;  // "h264,aac"
  double duration = -1;
  double video_start = -1, video_duration = -1;
  double audio_start = -1, audio_duration = -1;
  int video_packets = 0, audio_packets = 0;
};
Probe probe(const std::filesystem::path& file);
/// What `ffmpeg -v error` complains of when it decodes everything; empty for a sound file.
std::string decode_errors(const std::filesystem::path& file);

std::vector<std::uint8_t> read_file(const std::filesystem::path& file);
void write_file(const std::filesystem::path& file, const std::vector<std::uint8_t>& bytes);

}  // namespace diemcau::recording::test
