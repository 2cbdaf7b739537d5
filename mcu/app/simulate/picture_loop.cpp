#include "mcu/app/simulate/picture_loop.hpp"

#include <algorithm>
#include <cmath>
#include <condition_variable>
#include <mutex>
#include <numbers>

#include "media/mix/i420_frame.hpp"
#include "media/mix/label_renderer.hpp"
#include "media/mix/video_encoder.hpp"

namespace diemcau::mcu {
namespace {

using media::Colour;
using media::I420Buffer;
using media::I420Span;
using media::Size;

constexpr int kFramesPerSecond = 15;
constexpr int kThumbnailRate = 5;
constexpr int kFrames = 60;  // of the movement: 4 s

constexpr bool thumbnail(Size size) {
  return size.height < 180;
}

/// Limited-range BT.601 of a hue on the colour wheel, not too bright for white letters.
Colour colour_of(double hue, double light) {
  const double angle = hue * 2 * std::numbers::pi;
  return {static_cast<std::uint8_t>(60 + 90 * light),
          static_cast<std::uint8_t>(128 + 60 * std::cos(angle)),
          static_cast<std::uint8_t>(128 + 60 * std::sin(angle))};
}

void draw_box(I420Span canvas, int x, int y, int w, int h, Colour colour) {
  x = std::clamp(x & ~1, 0, canvas.width);
  y = std::clamp(y & ~1, 0, canvas.height);
  w = std::min(w & ~1, canvas.width - x);
  h = std::min(h & ~1, canvas.height - y);
  if (w > 0 && h > 0) fill(canvas.crop(x, y, w, h), colour);
}

/// A hall: a wall, a table, a few delegates who sway, each at a pace of their own.
void draw_hall(I420Span canvas, unsigned number, int frame) {
  const double hue = std::fmod(number * 0.381966, 1.0);  // neighbours get distant colours
  const int w = canvas.width, h = canvas.height;
  fill(canvas, colour_of(hue, 0.35));
  draw_box(canvas, 0, 0, w, h / 8, colour_of(hue, 0.7));
  const int people = 3 + static_cast<int>(number % 3);
  for (int i = 0; i < people; ++i) {
    const double phase = 2 * std::numbers::pi * (frame / double(kFrames) * (1 + i % 2) + i * 0.37);
    const int centre = w * (i + 1) / (people + 1) + static_cast<int>(std::sin(phase) * w / 60);
    const int head = h / 9, top = h / 3 + static_cast<int>(std::cos(phase) * h / 80);
    draw_box(canvas, centre - head / 2, top, head, head + head / 4, {150, 112, 146});
    draw_box(canvas, centre - head, top + head + head / 4, 2 * head, h / 3,
             colour_of(hue + 0.5, 0.25 + 0.12 * i));
  }
  draw_box(canvas, 0, h * 7 / 10, w, h / 14, {70, 118, 140});
  // A bar that runs: a frozen picture is seen at once.
  draw_box(canvas, (w - w / 10) * frame / kFrames, h - h / 24, w / 10, h / 24, {210, 128, 128});
}

}  // namespace

Result<std::shared_ptr<const PictureLoop>> make_picture_loop(const std::string& name,
                                                             unsigned number, Size size) {
  auto loop = std::make_shared<PictureLoop>();
  loop->frames_per_second = thumbnail(size) ? kThumbnailRate : kFramesPerSecond;
  const int step = kFramesPerSecond / loop->frames_per_second;

  Metrics metrics;
  std::mutex mutex;
  std::condition_variable changed;
  media::VideoEncoderOptions options;
  options.frames_per_second = loop->frames_per_second;
  options.bitrate = size.height >= 720   ? 1'000'000
                    : size.height >= 360 ? 350'000
                    : thumbnail(size)    ? 45'000
                                         : 120'000;
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

  media::LabelRenderer labels;
  const auto title =
      labels.render(name, {std::max(12, size.height / 14), size.width * 9 / 10, true, false, true});
  for (int frame = 0; frame < kFrames; frame += step) {
    auto picture = std::make_shared<I420Buffer>(size);
    draw_hall(picture->span(), number, frame);
    if (title) blend(*title, picture->span(), (size.width - title->width) / 2, size.height / 7);
    (*encoder)->push(picture, epoch + frame * std::chrono::nanoseconds(std::chrono::seconds(1)) /
                                          kFramesPerSecond);
    // One at a time: the encoder's short queue drops, and this loop must be whole.
    std::unique_lock lock(mutex);
    const auto want = static_cast<std::size_t>(frame / step) + 1;
    if (!changed.wait_for(lock, std::chrono::seconds(5),
                          [&] { return loop->frames.size() >= want; }))
      return make_error(Errc::internal, "simulate.encoder", "the encoder gave no frame in 5 s");
  }
  (*encoder)->stop();
  return std::shared_ptr<const PictureLoop>(std::move(loop));
}

}  // namespace diemcau::mcu
