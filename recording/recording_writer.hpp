#pragma once
// What a recording is made of, without the thread: frames in, files out. Thread: record-C (one
// thread at a time; time comes in through the clock).
//
// A file is begun when picture (from a key frame) and sound have both been seen, or after a second
// with the one that came. New parameter sets, or a track that appears later, begin a new file at
// the next key frame.

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "base/sequence_checker.hpp"
#include "media/stream/encoded_frame.hpp"
#include "recording/folder_lock.hpp"
#include "recording/mp4/aac.hpp"
#include "recording/mp4/avc.hpp"
#include "recording/recorder.hpp"
#include "recording/segment_writer.hpp"
#include "recording/sidecar.hpp"
#include "recording/timeline.hpp"

namespace diemcau::recording {

class RecordingWriter {
 public:
  static constexpr Duration kGrace = std::chrono::seconds(1);

  /// Creates the folder, its recording.json and the first file. Errors: disk.full when less than
  /// the reserve is free, disk.*.
  static Result<std::unique_ptr<RecordingWriter>> create(const RecorderOptions& options,
                                                         std::shared_ptr<Disk> disk,
                                                         const Clock& clock,
                                                         std::function<void()> request_key_frame);

  /// H.264 or AAC; anything else, and frames after the end, are left out.
  void add(const media::EncodedFramePtr& frame);
  /// Writes what is old enough although no frame came. Call at least ten times a second.
  void tick();
  /// Ends the recording when less than the reserve is free. Call about once a second.
  void check_space();
  /// Ends the recording: the files become ordinary MP4s.
  void finish();

  /// True once nothing more will be written.
  bool ended() const noexcept { return ended_; }
  const RecorderStatus& status() const noexcept { return status_; }
  /// disk.slow, which passes; empty clears it. Never hides a problem that ended the recording.
  void set_passing_problem(const std::string& code);

 private:
  struct Waiting {
    media::EncodedFramePtr frame;
    mp4::AvcSample picture;
  };
  /// The open file: which track is where, and its time.
  struct Open {
    mp4::AvcParameters avc;         // incomplete: no picture in this file
    std::vector<std::uint8_t> aac;  // empty: no sound in this file
    mp4::AacConfig sound;
    std::size_t video_track = 0;
    std::size_t audio_track = 0;
    VideoTimeline video_time;
    AudioTimeline audio_time;
  };

  RecordingWriter(const RecorderOptions& options, std::shared_ptr<Disk> disk, const Clock& clock,
                  std::function<void()> request_key_frame);
  void add_video(const media::EncodedFramePtr& frame);
  void add_audio(const media::EncodedFramePtr& frame);
  void wait_with(const media::EncodedFramePtr& frame, mp4::AvcSample picture);
  void open_if_ready();
  Result<void> open_segment();
  void put_video(const media::EncodedFrame& frame, const mp4::AvcSample& picture);
  void put_audio(const media::EncodedFrame& frame);
  void before_put(TimePoint captured);
  void after_put(TimePoint captured, Duration duration);
  void flush();
  void close_segment();
  void fail(const Error& error);
  void update_status();
  void save_sidecar();

  RecorderOptions options_;
  std::shared_ptr<Disk> disk_;
  const Clock& clock_;
  std::function<void()> request_key_frame_;
  SequenceChecker sequence_;
  FolderLock lock_;

  Sidecar sidecar_;
  RecorderStatus status_;
  bool sidecar_behind_ = false;
  bool ended_ = false;
  std::unique_ptr<SegmentWriter> segment_;
  std::optional<Open> open_;
  std::optional<TimePoint> zero_;  // of the recording's timeline
  Duration segment_start_{};
  std::uint64_t closed_bytes_ = 0;

  mp4::AvcParameters newest_avc_;
  std::vector<std::uint8_t> newest_aac_;
  std::deque<Waiting> waiting_;
  TimePoint waiting_since_{};
  bool waiting_video_ = false;
  bool waiting_audio_ = false;

  std::optional<TimePoint> fragment_from_;  // capture time of its earliest sample
  TimePoint fragment_opened_{};
};

}  // namespace diemcau::recording
