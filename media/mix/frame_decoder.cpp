#include "media/mix/frame_decoder.hpp"

#include <cstring>
#include <limits>
#include <mutex>
#include <utility>

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavutil/log.h>
}

namespace diemcau::media {

namespace {
/// The decoder's own buffer, back in its pool when the picture goes.
struct DecodedPicture final : Picture {
  AVFrame* frame = av_frame_alloc();
  DecodedPicture() = default;
  DecodedPicture(const DecodedPicture&) = delete;
  DecodedPicture& operator=(const DecodedPicture&) = delete;
  ~DecodedPicture() { av_frame_free(&frame); }
};

bool is_i420(const AVFrame& frame) {
  return frame.format == AV_PIX_FMT_YUV420P || frame.format == AV_PIX_FMT_YUVJ420P;
}
}  // namespace

void FrameDecoder::Free::operator()(AVCodecContext* context) const noexcept {
  avcodec_free_context(&context);
}
void FrameDecoder::Free::operator()(AVPacket* packet) const noexcept {
  av_packet_free(&packet);
}
void FrameDecoder::Free::operator()(AVBufferRef* buffer) const noexcept {
  av_buffer_unref(&buffer);
}

Result<FrameDecoder> FrameDecoder::create(Codec codec, Size largest) {
  static std::once_flag quiet;  // what a site sends wrong is counted, not written to stderr
  std::call_once(quiet, [] { av_log_set_level(AV_LOG_QUIET); });
  FrameDecoder decoder(codec, largest);
  decoder.packet_.reset(av_packet_alloc());
  if (auto opened = decoder.open(); !opened) return opened.error();
  return decoder;
}

Result<void> FrameDecoder::open() {
  const AVCodec* found =
      avcodec_find_decoder(codec_ == Codec::h264 ? AV_CODEC_ID_H264 : AV_CODEC_ID_VP8);
  std::unique_ptr<AVCodecContext, Free> context(found != nullptr ? avcodec_alloc_context3(found)
                                                                 : nullptr);
  if (!context || !packet_)
    return make_error(Errc::unavailable, "mix.decoder", "libavcodec lacks this decoder");
  context->thread_count = 1;
  context->flags |= AV_CODEC_FLAG_LOW_DELAY;
  context->max_pixels = static_cast<std::int64_t>(largest_.width) * largest_.height;
  if (avcodec_open2(context.get(), found, nullptr) < 0)
    return make_error(Errc::unavailable, "mix.decoder", "libavcodec does not begin");
  context_ = std::move(context);
  return {};
}

bool FrameDecoder::fill_packet(std::span<const std::uint8_t> frame) {
  const std::size_t wanted = frame.size() + AV_INPUT_BUFFER_PADDING_SIZE;
  if (!bytes_ || bytes_->size < wanted || av_buffer_is_writable(bytes_.get()) == 0)
    bytes_.reset(av_buffer_alloc(wanted + wanted / 2));
  packet_->buf = bytes_ ? av_buffer_ref(bytes_.get()) : nullptr;
  if (packet_->buf == nullptr) return false;
  std::memcpy(bytes_->data, frame.data(), frame.size());
  std::memset(bytes_->data + frame.size(), 0, AV_INPUT_BUFFER_PADDING_SIZE);
  packet_->data = bytes_->data;
  packet_->size = static_cast<int>(frame.size());
  return true;
}

FrameDecoder::Decoded FrameDecoder::decode(std::span<const std::uint8_t> frame, bool key) {
  constexpr std::size_t kMost = std::numeric_limits<int>::max() / 4;
  if (frame.empty() || frame.size() > kMost || !fill_packet(frame)) return {nullptr, true};
  // libavcodec keeps as many pictures back as any parameters ever asked for.
  if (key && context_->has_b_frames > 0) begin_anew();
  const bool taken = avcodec_send_packet(context_.get(), packet_.get()) >= 0;
  av_packet_unref(packet_.get());
  if (!taken) return {nullptr, true};

  auto picture = std::make_shared<DecodedPicture>();
  if (picture->frame == nullptr) return {nullptr, true};
  const int got = avcodec_receive_frame(context_.get(), picture->frame);
  if (got == AVERROR(EAGAIN)) return {};
  const AVFrame& out = *picture->frame;
  if (got < 0 || out.decode_error_flags != 0 || (out.flags & AV_FRAME_FLAG_CORRUPT) != 0 ||
      !is_i420(out))
    return {nullptr, true};
  picture->view.width = out.width;
  picture->view.height = out.height;
  for (std::size_t p = 0; p < 3; ++p) {
    picture->view.data[p] = out.data[p];
    picture->view.stride[p] = out.linesize[p];
  }
  return {std::move(picture), false};
}

/// A flush is not enough: what broken parameters said (of reordering for one) outlives it.
void FrameDecoder::begin_anew() noexcept {
  if (!open()) avcodec_flush_buffers(context_.get());
}

}  // namespace diemcau::media
