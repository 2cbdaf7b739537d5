#include "tests/bench/load/busy_loop.hpp"

#include <condition_variable>
#include <mutex>
#include <random>

#include "media/mix/video_encoder.hpp"

namespace diemcau::bench {
namespace {

/// Cells of a few pixels that drift to the right, one in thirty-two changed with every picture.
class Texture {
 public:
  explicit Texture(media::Size size)
      : cell_(std::max(2, size.height / 45)),
        columns_(size.width / cell_ + 1),
        luma_(static_cast<std::size_t>(columns_ * (size.height / cell_ + 1))) {
    for (auto& value : luma_) value = random_value();
  }
  void draw(media::I420Span canvas, int frame) {
    for (auto& value : luma_)
      if (random_() % 32 == 0) value = random_value();
    fill(canvas, {128, 110, 140});
    for (int y = 0; y < canvas.height; ++y) {
      std::uint8_t* row = canvas.data[0] + y * canvas.stride[0];
      const std::uint8_t* cells = luma_.data() + y / cell_ * columns_;
      for (int x = 0; x < canvas.width; ++x) row[x] = cells[(x + 2 * frame) / cell_ % columns_];
    }
  }

 private:
  std::uint8_t random_value() { return static_cast<std::uint8_t>(60 + random_() % 130); }
  int cell_, columns_;
  std::minstd_rand random_{7};
  std::vector<std::uint8_t> luma_;
};

}  // namespace

Result<std::shared_ptr<const mcu::PictureLoop>> code_loop(
    const LoopOptions& wanted, const std::function<void(media::I420Span, int frame)>& draw) {
  auto loop = std::make_shared<mcu::PictureLoop>();
  loop->frames_per_second = wanted.frames_per_second;
  Metrics metrics;
  std::mutex mutex;
  std::condition_variable changed;
  media::VideoEncoderOptions options;
  options.frames_per_second = wanted.frames_per_second;
  options.bitrate = wanted.bitrate;
  const TimePoint epoch{std::chrono::hours(1)};
  options.epoch = epoch;
  media::VideoEncoderEvents events;
  events.on_frame = [](const media::EncodedFramePtr&) {};
  events.on_packets = [&](std::unique_ptr<media::PacketChunk> chunk) {
    std::lock_guard lock(mutex);
    loop->frames.push_back(std::move(chunk));
    changed.notify_one();
  };
  auto encoder = media::VideoEncoder::create(options, std::move(events),
                                             std::make_shared<media::VideoMetrics>(metrics));
  if (!encoder) return encoder.error();
  for (int frame = 0; frame < wanted.frames; ++frame) {
    auto picture = std::make_shared<media::I420Buffer>(wanted.size);
    draw(picture->span(), frame);
    (*encoder)->push(picture, epoch + frame * std::chrono::nanoseconds(std::chrono::seconds(1)) /
                                          wanted.frames_per_second);
    std::unique_lock lock(mutex);
    const auto want = static_cast<std::size_t>(frame) + 1;
    if (!changed.wait_for(lock, std::chrono::seconds(5),
                          [&] { return loop->frames.size() >= want; }))
      return make_error(Errc::internal, "load.encoder", "the encoder gave no frame in 5 s");
  }
  (*encoder)->stop();
  return std::shared_ptr<const mcu::PictureLoop>(std::move(loop));
}

Result<std::shared_ptr<const mcu::PictureLoop>> make_busy_loop(media::Size size) {
  LoopOptions options;
  options.size = size;
  options.bitrate = size.height >= 720   ? 1'500'000
                    : size.height >= 360 ? 700'000
                    : size.height >= 180 ? 250'000
                                         : 50'000;
  return code_loop(options, [texture = Texture(size)](media::I420Span canvas, int frame) mutable {
    texture.draw(canvas, frame);
  });
}

Result<std::shared_ptr<const mcu::PictureLoop>> make_busy_thumbnail() {
  const media::Size size{160, 90};
  return code_loop({size, 5, 40, 45'000},
                   [texture = Texture(size)](media::I420Span canvas, int frame) mutable {
                     texture.draw(canvas, frame);
                   });
}

}  // namespace diemcau::bench
