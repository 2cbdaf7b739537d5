#include "media/mix/aac_encoder.hpp"

#include <cstring>
#include <string>
#include <utility>

#include "base/log.hpp"

namespace diemcau::media {

namespace {
constexpr std::uint64_t kMostWaiting = 100;  // ticks the encoder may lag: 2 s
constexpr std::int64_t kLongestHole = kAudioRate;
constexpr Duration kRetry = std::chrono::seconds(1);
}  // namespace

Result<std::unique_ptr<AacEncoder>> AacEncoder::create(int bitrate) {
  auto pipeline = gst::Pipeline::parse(
      "appsrc name=in caps=audio/x-raw,format=F32LE,rate=48000,channels=1,layout=interleaved"
      " ! avenc_aac name=aac bitrate=" +
          std::to_string(bitrate) + " ! appsink name=out",
      [](const std::string& what) { log::warn("sound for the recorder: {}", what); });
  if (!pipeline) return pipeline.error();
  return std::unique_ptr<AacEncoder>(new AacEncoder(std::move(*pipeline)));
}

AacEncoder::AacEncoder(std::unique_ptr<gst::Pipeline> pipeline)
    : pipeline_(std::move(pipeline)),
      source_(*pipeline_, "in", kMostWaiting, gst::Drop::newest),
      sink_(std::make_unique<gst::AppSink>(
          *pipeline_, "out", [this](gst::Ptr<GstSample> s) { on_sample(std::move(s)); })) {}

AacEncoder::~AacEncoder() {
  pipeline_->stop();
}

bool AacEncoder::start(TimePoint captured) {
  pipeline_->stop();
  drain([](const EncodedFramePtr&) {});
  started_ = captured;
  first_captured_ = captured - to_duration(kPrimingSamples);
  pushed_ = 0;
  frames_ = 0;
  config_.clear();
  running_ = pipeline_->play().has_value();
  if (!running_) retry_at_ = captured + kRetry;
  return running_;
}

void AacEncoder::stop() {
  if (!std::exchange(running_, false)) return;
  pipeline_->stop();
  drain([](const EncodedFramePtr&) {});
}

bool AacEncoder::push(const AudioBlock& block, TimePoint captured) {
  if (running_ && pipeline_->failed()) {
    stop();
    retry_at_ = captured + kRetry;
  }
  if (running_) {
    // Rounded: ticks are whole, so a hole is a multiple of 960 samples.
    const std::int64_t hole = to_samples(captured - started_ + to_duration(1)) - pushed_;
    if (hole < -1 || hole > kLongestHole) {
      if (!start(captured)) return false;
    } else if (hole >= kTickSamples) {
      const std::vector<float> silence(static_cast<std::size_t>(hole / kTickSamples) *
                                       kTickSamples);
      if (!push_samples(silence)) return false;
    }
  } else if (captured < retry_at_ || !start(captured)) {
    return false;
  }
  return push_samples(block);
}

bool AacEncoder::push_samples(std::span<const float> samples) {
  GstBuffer* buffer = gst_buffer_new_allocate(nullptr, samples.size_bytes(), nullptr);
  if (buffer == nullptr) return false;
  gst_buffer_fill(buffer, 0, samples.data(), samples.size_bytes());
  GST_BUFFER_PTS(buffer) =
      gst_util_uint64_scale(static_cast<guint64>(pushed_), GST_SECOND, kAudioRate);
  GST_BUFFER_DURATION(buffer) = gst_util_uint64_scale(samples.size(), GST_SECOND, kAudioRate);
  if (source_.push(gst::adopt(buffer)) == gst::AppSource::Pushed::refused) {
    // A hole inside would shift everything behind it: better one clean cut.
    const TimePoint now = started_ + to_duration(pushed_);
    stop();
    retry_at_ = now + kRetry;
    return false;
  }
  pushed_ += static_cast<std::int64_t>(samples.size());
  return true;
}

void AacEncoder::on_sample(gst::Ptr<GstSample> sample) {
  if (config_.empty()) {
    const GstCaps* caps = gst_sample_get_caps(sample.get());
    const GValue* data =
        caps != nullptr ? gst_structure_get_value(gst_caps_get_structure(caps, 0), "codec_data")
                        : nullptr;
    if (data != nullptr && GST_VALUE_HOLDS_BUFFER(data)) {
      const gst::MappedBuffer map(gst_value_get_buffer(data));
      config_.assign(map.bytes().begin(), map.bytes().end());
    }
  }
  GstBuffer* buffer = gst_sample_get_buffer(sample.get());
  if (buffer == nullptr) return;
  const gst::MappedBuffer map(buffer);
  auto frame = std::make_shared<EncodedFrame>();
  frame->codec = Codec::aac;
  frame->data.assign(map.bytes().begin(), map.bytes().end());
  frame->captured = first_captured_ + to_duration(frames_ * kFrameSamples);
  frame->duration = to_duration(kFrameSamples);
  frame->key = true;
  frame->codec_config = config_;
  ++frames_;
  EncodedFramePtr ready = std::move(frame);
  finished_.try_push(std::move(ready));  // 64 frames are 1.4 s: the mix thread died before that
}

void AacEncoder::drain(const std::function<void(EncodedFramePtr)>& take) {
  EncodedFramePtr frame;
  while (finished_.try_pop(frame)) take(std::move(frame));
}

}  // namespace diemcau::media
