#include "media/mix/video_decoder.hpp"

#include <algorithm>
#include <utility>

#include "media/codec/h264_bitstream.hpp"
#include "media/codec/vp8_bitstream.hpp"

namespace diemcau::media {

namespace {
bool within(const FrameHeader& header, Size largest) {
  const auto [low, high] = std::minmax(header.width, header.height);
  const auto [low_most, high_most] = std::minmax(largest.width, largest.height);
  return low <= low_most && high <= high_most;
}
}  // namespace

Result<std::shared_ptr<VideoDecoder>> VideoDecoder::create(VideoDecoderOptions options,
                                                           const DecodePool& pool,
                                                           std::shared_ptr<VideoMetrics> metrics) {
  if (!is_video(options.codec)) {
    return make_error(Errc::unsupported, "mix.codec", "only H.264 and VP8 are decoded");
  }
  auto decoder = FrameDecoder::create(options.codec, options.largest);
  if (!decoder) return decoder.error();
  return std::shared_ptr<VideoDecoder>(
      new VideoDecoder(std::move(options), std::move(*decoder), pool.queue(), std::move(metrics)));
}

VideoDecoder::VideoDecoder(VideoDecoderOptions options, FrameDecoder decoder,
                           std::shared_ptr<DecodeQueue> pool, std::shared_ptr<VideoMetrics> metrics)
    : options_(std::move(options)),
      pool_(std::move(pool)),
      metrics_(std::move(metrics)),
      detector_(options_.codec),
      assembler_(options_.codec),
      decoder_(std::move(decoder)) {
  metrics_->decodes.add(1);
}

VideoDecoder::~VideoDecoder() {
  if (!closed_.load()) metrics_->decodes.add(-1);
}

// ---- packets in ----

void VideoDecoder::on_ordered_packet(const UplinkPacket& packet, bool gap) noexcept {
  if (closed_.load(std::memory_order_acquire) || packet.payload.empty()) return;
  heard_since_ask_.store(true, std::memory_order_relaxed);
  if (!begun_) {
    begun_ = detector_.starts_key_frame(packet.timestamp, packet.payload);
    if (!begun_) wish_.want();
  }
  if (gap) {
    assembler_.give_up();
    gap_pending_ = true;
    wish_.want();
  }
  if (timestamp_ != packet.timestamp) begin_frame(packet.timestamp);
  last_arrival_ = std::max(last_arrival_, packet.arrived);
  if (!dropping_frame_ && !assembler_.add(packet.payload)) {
    // Behind a gap it is the rest of a frame, else not what the format allows.
    if (!gap_pending_) metrics_->refused_malformed.add();
    lose_frame();
  }
  if (packet.marker) end_frame();
  if (wish_.due(packet.arrived)) {
    heard_since_ask_.store(false, std::memory_order_relaxed);
    options_.on_key_frame_needed(options_.source);
  }
}

void VideoDecoder::begin_frame(std::uint32_t timestamp) {
  end_frame();  // of the last one, had it no marker
  timestamp_ = timestamp;
  dropping_frame_ = false;
  if (queued_frames_.load(std::memory_order_relaxed) < kMaxQueuedFrames &&
      queued_bytes_.load(std::memory_order_relaxed) < kMaxQueuedBytes)
    return;
  metrics_->decode_dropped.add();
  lose_frame();
}

void VideoDecoder::lose_frame() {
  assembler_.give_up();
  dropping_frame_ = true;
  gap_pending_ = true;
  wish_.want();
}

void VideoDecoder::end_frame() {
  if (dropping_frame_ || assembler_.empty()) return;
  std::vector<std::uint8_t> next;
  spare_.try_pop(next);
  CodedFrame frame{assembler_.take(std::move(next)), last_arrival_, gap_pending_};
  const std::size_t bytes = frame.bytes.size();
  if (bytes == 0) {  // its last fragment never came
    if (!gap_pending_) metrics_->refused_malformed.add();
    return lose_frame();
  }
  queued_bytes_.fetch_add(bytes, std::memory_order_relaxed);
  queued_frames_.fetch_add(1);
  if (!frames_.try_push(std::move(frame))) {
    queued_frames_.fetch_sub(1);
    queued_bytes_.fetch_sub(bytes, std::memory_order_relaxed);
    metrics_->decode_dropped.add();
    return lose_frame();
  }
  gap_pending_ = false;
  schedule();
}

void VideoDecoder::schedule() {
  if (scheduled_.exchange(true)) return;
  if (!pool_->post(weak_from_this())) scheduled_.store(false);  // with the next frame again
}

// ---- pictures out ----

bool VideoDecoder::run() noexcept {
  CodedFrame frame;
  if (closed_.load(std::memory_order_acquire)) {
    decoder_.reset();
    while (frames_.try_pop(frame)) {
    }
    return false;  // stays scheduled: it is over
  }
  if (frames_.try_pop(frame)) {
    queued_frames_.fetch_sub(1);
    queued_bytes_.fetch_sub(frame.bytes.size(), std::memory_order_relaxed);
    decode(frame);
    spare_.try_push(std::move(frame.bytes));
  }
  scheduled_.store(false);
  // A frame or a close() that came meanwhile found it scheduled.
  return (queued_frames_.load() > 0 || closed_.load()) && !scheduled_.exchange(true);
}

std::optional<bool> VideoDecoder::admit(const CodedFrame& frame) {
  if (frame.after_gap) waiting_for_key_ = true;
  const auto header = options_.codec == Codec::h264 ? inspect_h264_access_unit(frame.bytes)
                                                    : inspect_vp8_frame(frame.bytes);
  if (!header) {
    metrics_->refused_malformed.add();
    waiting_for_key_ = true;
    wish_.want();
    return std::nullopt;
  }
  if (!within(*header, options_.largest)) {
    metrics_->refused_size.add();
    waiting_for_key_ = true;  // but none is asked for: it would be as large
    wish_.fulfilled();
    return std::nullopt;
  }
  seen_parameters_ |= header->width > 0;
  if (header->key && seen_parameters_) {
    waiting_for_key_ = false;
    wish_.fulfilled();
  } else if (waiting_for_key_) {
    wish_.want();
  }
  if (waiting_for_key_) return std::nullopt;
  return header->key;
}

void VideoDecoder::decode(CodedFrame& frame) {
  const auto key = admit(frame);
  if (!key) return;
  auto decoded = decoder_->decode(frame.bytes, *key);
  if (decoded.broken) {
    metrics_->decoder_restarts.add();
    decoder_->begin_anew();
    waiting_for_key_ = true;
    wish_.want();
    return;
  }
  if (!decoded.picture) return;
  decoded.picture->arrived = frame.arrived;
  if (options_.clock != nullptr) decoded.picture->decoded = options_.clock->now();
  slot_.put(std::move(decoded.picture));
}

void VideoDecoder::maintain(TimePoint now) {
  if (closed_.load(std::memory_order_acquire)) return;
  // A site that sends nothing is not asked again and again.
  if (wish_.wanted() && heard_since_ask_.load(std::memory_order_relaxed) && wish_.due(now)) {
    heard_since_ask_.store(false, std::memory_order_relaxed);
    options_.on_key_frame_needed(options_.source);
  }
}

void VideoDecoder::close() {
  if (closed_.exchange(true)) return;
  metrics_->decodes.add(-1);
  schedule();  // lets go of the decoder's memory
}

}  // namespace diemcau::media
