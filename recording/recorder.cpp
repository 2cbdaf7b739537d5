#include "recording/recorder.hpp"

#include <algorithm>
#include <mutex>
#include <thread>

#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>

#include "base/log.hpp"
#include "recording/disk.hpp"
#include "recording/file_descriptor.hpp"
#include "recording/frame_queue.hpp"
#include "recording/recording_writer.hpp"

namespace diemcau::recording {
namespace {

using std::chrono::milliseconds;

constexpr Duration kWatch = std::chrono::seconds(1);       // status events, free space
constexpr Duration kSlowShown = std::chrono::seconds(10);  // after the last frame left out
constexpr Duration kDrainLimit = std::chrono::seconds(1);  // of stop()'s two seconds
constexpr milliseconds kMaxWait{100};

/// The end of the queue at the encoders. Outlives the recorder while a stream still calls it.
class Inlet final : public media::EncodedFrameReader {
 public:
  Inlet(std::size_t queue_bytes, Counter& dropped)
      : queue_(queue_bytes, dropped), wake_fd_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {}

  void on_encoded_frame(const media::EncodedFramePtr& frame) noexcept override {
    if (closed_.load(std::memory_order_relaxed)) return;
    queue_.push(frame);
    wake();
  }
  void close() noexcept { closed_.store(true, std::memory_order_relaxed); }
  void wake() noexcept {
    const std::uint64_t one = 1;
    // Fails only when the counter is full, and then the reader is awake anyway.
    (void)!::write(wake_fd_.get(), &one, sizeof one);
  }
  void wait(milliseconds limit) noexcept {
    pollfd waiting{wake_fd_.get(), POLLIN, 0};
    if (::poll(&waiting, 1, static_cast<int>(limit.count())) > 0) {
      std::uint64_t count = 0;
      (void)!::read(wake_fd_.get(), &count, sizeof count);
    }
  }
  FrameQueue& queue() noexcept { return queue_; }

 private:
  FrameQueue queue_;
  FileDescriptor wake_fd_;
  std::atomic<bool> closed_{false};
};

class ThreadedRecorder final : public Recorder {
 public:
  ThreadedRecorder(RecorderOptions options, std::shared_ptr<media::EncodedStream> video,
                   std::shared_ptr<media::EncodedStream> audio, const Clock& clock,
                   Metrics& metrics, RecorderEvents events)
      : options_(std::move(options)),
        video_(std::move(video)),
        audio_(std::move(audio)),
        clock_(clock),
        events_(std::move(events)),
        inlet_(std::make_shared<Inlet>(options_.queue_bytes,
                                       metrics.counter("diemcau_queue_dropped_total",
                                                       "Left out because a bounded queue was full.",
                                                       {{"queue", "recording"}}))),
        seconds_(metrics.gauge("diemcau_recording_seconds", "Recorded and flushed to disk.",
                               {{"meeting", options_.meeting.str()}})) {}

  ~ThreadedRecorder() override {
    request_stop(nullptr);
    quit_.store(true);
    inlet_->wake();
    if (thread_.joinable()) thread_.join();
  }

  Result<void> start() {
    auto writer = RecordingWriter::create(options_, options_.disk ? options_.disk : real_disk(),
                                          clock_, [video = video_] {
                                            if (video) video->request_key_frame();
                                          });
    if (!writer) return writer.error();
    writer_ = std::move(*writer);
    log::info("recording {} of meeting {} started in {}", options_.id.str(), options_.meeting.str(),
              options_.folder.string());
    thread_ = std::thread([this] { run(); });
    for (const auto& stream : {video_, audio_})
      if (stream) stream->add_frame_reader(inlet_);
    if (video_) video_->request_key_frame();
    return {};
  }

  RecorderStatus status() const override {
    const std::lock_guard lock(mutex_);
    return shown_;
  }

  void stop(std::function<void(const RecorderStatus&)> done) override {
    request_stop(std::move(done));
  }

 private:
  void request_stop(std::function<void(const RecorderStatus&)> done) {
    {
      const std::lock_guard lock(mutex_);
      if (done) waiting_for_end_.push_back(std::move(done));
      if (!stopping_ && shown_.state == RecorderState::recording)
        shown_.state = RecorderState::finishing;
      stopping_ = true;
    }
    inlet_->close();
    for (const auto& stream : {video_, audio_})
      if (stream) stream->remove_frame_reader(inlet_.get());
    inlet_->wake();
  }
  bool stopping() const {
    const std::lock_guard lock(mutex_);
    return stopping_;
  }

  void run() {
    ::pthread_setname_np(::pthread_self(), "record-C");
    TimePoint next_watch = clock_.now() + kWatch;
    while (!quit_.load()) {
      inlet_->wait(kMaxWait);
      // Read before the queue is emptied, so that nothing taken before the stop is lost.
      const bool stop_now = stopping();
      drain(stop_now);
      writer_->tick();
      const TimePoint now = clock_.now();
      watch_queue(now);
      const bool watch = now >= next_watch;
      if (watch) {
        writer_->check_space();
        next_watch = now + kWatch;
      }
      if (stop_now) writer_->finish();
      show(watch);
      if (writer_->ended()) answer();
    }
    drain(true);
    writer_->finish();
    show(false);
    answer();
  }

  void drain(bool limited) {
    const TimePoint limit = clock_.now() + kDrainLimit;
    while (const auto frame = inlet_->queue().pop()) {
      if (limited && clock_.now() > limit) {
        writer_->set_passing_problem("disk.slow");  // the rest is given up, the file is not
        continue;
      }
      writer_->add(frame);
      if (!limited && stopping()) return;
    }
  }

  void watch_queue(TimePoint now) {
    FrameQueue& queue = inlet_->queue();
    if (const std::uint64_t dropped = queue.dropped(); dropped != dropped_seen_) {
      if (dropped_seen_ == 0)
        log::warn("recording {}: the disk is slow, pictures are left out", options_.id.str());
      dropped_seen_ = dropped;
      slow_since_ = now;
      writer_->set_passing_problem("disk.slow");
    } else if (slow_since_ && now - *slow_since_ > kSlowShown) {
      slow_since_.reset();
      writer_->set_passing_problem("");
    }
    if (queue.wants_key_frame() && video_ && queue.bytes() < options_.queue_bytes / 2)
      video_->request_key_frame();
  }

  void show(bool always) {
    RecorderStatus status = writer_->status();
    seconds_.set(std::chrono::duration<double>(status.length).count());
    bool changed = false;
    {
      const std::lock_guard lock(mutex_);
      if (stopping_ && status.state == RecorderState::recording)
        status.state = RecorderState::finishing;
      changed = status.state != told_.state || status.problem != told_.problem;
      shown_ = told_ = status;
    }
    if ((changed || (always && !writer_->ended())) && events_.on_status) events_.on_status(status);
  }

  void answer() {
    std::vector<std::function<void(const RecorderStatus&)>> done;
    {
      const std::lock_guard lock(mutex_);
      done.swap(waiting_for_end_);
    }
    for (const auto& tell : done) tell(writer_->status());
    if (!logged_end_) {
      logged_end_ = true;
      const RecorderStatus& s = writer_->status();
      log::info("recording {} ended: {} s, {} bytes{}{}", options_.id.str(),
                std::chrono::duration_cast<std::chrono::seconds>(s.length).count(), s.bytes,
                s.problem.empty() ? "" : ", ", s.problem);
    }
  }

  const RecorderOptions options_;
  const std::shared_ptr<media::EncodedStream> video_;
  const std::shared_ptr<media::EncodedStream> audio_;
  const Clock& clock_;
  const RecorderEvents events_;
  const std::shared_ptr<Inlet> inlet_;
  Gauge& seconds_;

  mutable std::mutex mutex_;
  RecorderStatus shown_;
  bool stopping_ = false;
  std::vector<std::function<void(const RecorderStatus&)>> waiting_for_end_;
  std::atomic<bool> quit_{false};

  // The record thread's.
  std::unique_ptr<RecordingWriter> writer_;
  RecorderStatus told_;
  std::uint64_t dropped_seen_ = 0;
  std::optional<TimePoint> slow_since_;
  bool logged_end_ = false;
  std::thread thread_;
};

}  // namespace

Result<std::unique_ptr<Recorder>> Recorder::start(RecorderOptions options,
                                                  std::shared_ptr<media::EncodedStream> video,
                                                  std::shared_ptr<media::EncodedStream> audio,
                                                  const Clock& clock, Metrics& metrics,
                                                  RecorderEvents events) {
  if ((video == nullptr && audio == nullptr) || (video && video->codec() != media::Codec::h264) ||
      (audio && audio->codec() != media::Codec::aac))
    return make_error(Errc::unsupported, "recording.codec", "a recording takes H.264 and AAC");
  auto recorder = std::make_unique<ThreadedRecorder>(
      std::move(options), std::move(video), std::move(audio), clock, metrics, std::move(events));
  if (auto started = recorder->start(); !started) return started.error();
  return std::unique_ptr<Recorder>(std::move(recorder));
}

}  // namespace diemcau::recording
