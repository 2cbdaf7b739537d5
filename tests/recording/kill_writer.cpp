// Records the sample in real time until it is killed. Standard output: for each frame handed to
// the recorder, its capture time since the first in nanoseconds, 8 bytes.
#include <sys/timerfd.h>
#include <unistd.h>

#include "base/log.hpp"
#include "recording/recorder.hpp"
#include "tests/recording/sample_media.hpp"

int main(int argc, char** argv) {
  using namespace diemcau;
  if (argc != 2) return 2;
  log::setup("error");  // to standard error: standard output is the protocol
  const auto& media = recording::test::sample_media();
  SystemClock clock;
  Metrics metrics;
  auto video = media::EncodedStream::create(
      {.id = StreamId{1}, .codec = media::Codec::h264, .label = "v"}, {}, clock, {});
  auto audio = media::EncodedStream::create(
      {.id = StreamId{2}, .codec = media::Codec::aac, .label = "a"}, {}, clock, {});
  recording::RecorderOptions options;
  options.id = RecordingId("killed");
  options.meeting = MeetingId("m1");
  options.folder = argv[1];
  options.reserve_bytes = 0;
  auto recorder = recording::Recorder::start(options, video, audio, clock, metrics, {});
  if (!recorder) return 1;

  const int timer = ::timerfd_create(CLOCK_MONOTONIC, 0);
  const TimePoint start = clock.now();
  std::size_t v = 0, a = 0;
  for (;;) {
    const auto picture = recording::test::video_frame(media, v, start);
    const auto sound = recording::test::audio_frame(media, a, start);
    const bool take_picture = picture->captured <= sound->captured;
    const auto& frame = take_picture ? picture : sound;
    const auto due = frame->captured.time_since_epoch().count();
    itimerspec when{};
    when.it_value.tv_sec = due / 1'000'000'000;
    when.it_value.tv_nsec = due % 1'000'000'000;
    ::timerfd_settime(timer, TFD_TIMER_ABSTIME, &when, nullptr);
    std::uint64_t expirations = 0;
    if (::read(timer, &expirations, sizeof expirations) < 0) return 1;
    (take_picture ? video : audio)->publish(frame);
    ++(take_picture ? v : a);
    const std::int64_t at = (frame->captured - start).count();
    if (::write(STDOUT_FILENO, &at, sizeof at) != sizeof at) return 1;
  }
}
