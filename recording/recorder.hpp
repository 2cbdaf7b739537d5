#pragma once
// Writes one meeting's stage and sound to disk. A reader like any other: it takes frames already
// encoded and cannot slow the meeting. Thread `record-C`; disk work happens there only.

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/metrics.hpp"
#include "base/result.hpp"
#include "media/stream/encoded_stream.hpp"

namespace diemcau::recording {

class Disk;

struct RecorderOptions {
  RecordingId id;
  MeetingId meeting;
  std::filesystem::path folder;                        // <data>/recordings/<id>
  Duration fragment = std::chrono::milliseconds(500);  // longest stretch not yet on disk
  std::uint64_t reserve_bytes = 512ull << 20;  // stop, with an alarm, while this much is free
  /// For a slow disk; above it pictures are left out up to the next key frame, and the gap stays
  /// on the timeline.
  std::size_t queue_bytes = 64u << 20;
  std::shared_ptr<Disk> disk;  // null: the real one
};

enum class RecorderState { recording, finishing, finished, failed };

struct RecorderStatus {
  RecorderState state = RecorderState::recording;
  Duration length{};  // media written and flushed
  std::uint64_t bytes = 0;
  std::optional<TimePoint> zero;  // when the first media were captured: zero of the timeline
  /// Stable code: "disk.full", "disk.error", "disk.slow" (passes), "recording.empty" (stopped
  /// before the first picture or sound), or empty.
  std::string problem;
};

/// On the record thread; receivers must only post.
struct RecorderEvents {
  std::function<void(const RecorderStatus&)> on_status;  // on change, and every second
};

class Recorder {
 public:
  /// Creates the folder and the first file at once: a disk that cannot be written is a refusal.
  /// `video` must be H.264 and `audio` AAC; either may be null, not both. Errors: disk.full,
  /// disk.error, recording.in_use, recording.codec. The gauge diemcau_recording_seconds{meeting}
  /// stays with its last value; who closes the meeting removes it.
  static Result<std::unique_ptr<Recorder>> start(RecorderOptions options,
                                                 std::shared_ptr<media::EncodedStream> video,
                                                 std::shared_ptr<media::EncodedStream> audio,
                                                 const Clock& clock, Metrics& metrics,
                                                 RecorderEvents events);
  virtual ~Recorder() = default;              // stops
  virtual RecorderStatus status() const = 0;  // any thread
  /// Stops taking frames, finishes the file as an ordinary MP4 and calls `done` on the record
  /// thread with the final status. Within two seconds, whatever the length.
  virtual void stop(std::function<void(const RecorderStatus&)> done) = 0;
};

}  // namespace diemcau::recording
