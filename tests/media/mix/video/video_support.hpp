#pragma once
// Pictures, coded input and collectors for the tests of the picture mix.

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "media/mix/i420_frame.hpp"
#include "media/mix/video_encoder.hpp"
#include "media/mix/video_metrics.hpp"
#include "media/rtp/uplink.hpp"
#include "media/stream/encoded_frame.hpp"

namespace diemcau::media::testing {

using namespace std::chrono_literals;

inline constexpr Colour kRed{81, 90, 240}, kGreen{145, 54, 34}, kBlue{41, 240, 110},
    kGrey{126, 128, 128};
inline constexpr TimePoint kStart{std::chrono::hours(1)};

inline std::shared_ptr<I420Buffer> solid_buffer(Size size, Colour colour) {
  auto buffer = std::make_shared<I420Buffer>(size);
  fill(buffer->span(), colour);
  return buffer;
}
inline PicturePtr picture_of(std::shared_ptr<I420Buffer> buffer) {
  auto picture = std::make_shared<Picture>();
  picture->view = buffer->view();
  picture->keep = std::move(buffer);
  return picture;
}
inline PicturePtr solid(Size size, Colour colour) {
  return picture_of(solid_buffer(size, colour));
}

inline Colour at(const I420View& view, int x, int y) {
  return {view.data[0][y * view.stride[0] + x], view.data[1][y / 2 * view.stride[1] + x / 2],
          view.data[2][y / 2 * view.stride[2] + x / 2]};
}
inline bool near(Colour a, Colour b, int tolerance = 6) {
  return std::abs(a.y - b.y) <= tolerance && std::abs(a.u - b.u) <= tolerance &&
         std::abs(a.v - b.v) <= tolerance;
}
inline void PrintTo(Colour c, std::ostream* out) {
  *out << "yuv(" << int{c.y} << ',' << int{c.u} << ',' << int{c.v} << ')';
}

/// Tries until it holds or ten seconds are over; gives its time slice away in between.
inline bool eventually(const std::function<bool()>& holds) {
  const auto deadline = std::chrono::steady_clock::now() + 10s;
  while (std::chrono::steady_clock::now() < deadline) {
    if (holds()) return true;
    std::this_thread::yield();
  }
  return holds();
}

/// What a stream or encoder made, waited for by number.
class Frames : public EncodedFrameReader {
 public:
  void on_encoded_frame(const EncodedFramePtr& frame) noexcept override {
    std::lock_guard lock(mutex_);
    frames_.push_back(frame);
    changed_.notify_all();
  }
  std::vector<EncodedFramePtr> wait_for(std::size_t n) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, 10s, [&] { return frames_.size() >= n; });
    return frames_;
  }
  std::size_t size() {
    std::lock_guard lock(mutex_);
    return frames_.size();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<EncodedFramePtr> frames_;
};

/// A coding site: pictures in, its RTP packets out, in step.
class Camera {
 public:
  explicit Camera(Codec codec) : codec_(codec) {
    VideoEncoderOptions options;
    options.codec = codec;
    options.bitrate = 800'000;
    options.epoch = kStart;
    VideoEncoderEvents events;
    events.on_frame = [](const EncodedFramePtr&) {};
    events.on_packets = [this](std::unique_ptr<PacketChunk> chunk) {
      std::lock_guard lock(mutex_);
      chunks_.push_back(std::move(chunk));
      changed_.notify_all();
    };
    encoder_ = std::move(*VideoEncoder::create(options, std::move(events), counters_));
  }

  /// Codes one picture and returns its packets.
  std::shared_ptr<PacketChunk> code(const I420BufferPtr& picture, bool key = false) {
    if (key) encoder_->force_key_frame();
    encoder_->push(picture, now_);
    now_ += 40ms;
    ++pushed_;
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, 10s, [&] { return chunks_.size() >= pushed_; });
    return chunks_.at(pushed_ - 1);
  }
  /// Hands a coded frame to a sink; `gap` as a receiver would mark it.
  void send(const PacketChunk& chunk, OrderedPacketSink& to, bool gap = false) {
    for (const PacketInfo& info : chunk.packets) {
      UplinkPacket packet;
      packet.index = next_index_++;
      packet.timestamp = info.timestamp;
      packet.marker = info.marker;
      packet.payload = chunk.payload(info);
      packet.arrived = chunk.captured;
      to.on_ordered_packet(packet, gap);
      gap = false;
    }
  }
  void film(const I420BufferPtr& picture, OrderedPacketSink& to, bool key = false) {
    send(*code(picture, key), to);
  }

 private:
  Codec codec_;
  Metrics metrics_;
  std::shared_ptr<VideoMetrics> counters_ = std::make_shared<VideoMetrics>(metrics_);
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::shared_ptr<PacketChunk>> chunks_;
  std::size_t pushed_ = 0;
  std::int64_t next_index_ = 0;
  TimePoint now_ = kStart;
  std::unique_ptr<VideoEncoder> encoder_;
};

}  // namespace diemcau::media::testing
