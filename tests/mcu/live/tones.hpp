#pragma once
// Voices that are told apart by their frequency: one is sent as a site's speech, an ear at the
// other end says how loud it arrives.

#include <array>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <vector>

#include "mcu/app/simulate/speech_loop.hpp"
#include "media/mix/opus_codec.hpp"
#include "media/rtp/uplink.hpp"

namespace diemcau::test {

/// A second of a sine, to be repeated. `hz`: whole, so that it goes on without a click.
Result<std::shared_ptr<const mcu::SpeechLoop>> make_tone_loop(int hz, double amplitude = 0.4);

/// Decodes what a site receives. The sink on its transport loop, `next` on any thread.
class Ear final : public media::UplinkSink {
 public:
  static Result<std::shared_ptr<Ear>> create();
  void on_uplink_packet(const media::UplinkPacket& packet) noexcept override;

  /// The next so many samples (48 kHz) that arrive from now on; fewer when nothing comes for 10 s.
  std::vector<float> next(std::size_t samples);

 private:
  explicit Ear(media::OpusVoiceDecoder decoder) : decoder_(std::move(decoder)) {}
  media::OpusVoiceDecoder decoder_;
  std::array<float, 5760> pcm_{};
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::vector<float> wanted_;
  std::size_t missing_ = 0;
};

}  // namespace diemcau::test
