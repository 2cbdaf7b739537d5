#pragma once
// The media half of a simulated site: a transport and an RTP session in the client's role, fed from
// loops. Lives on one transport loop; created, used and destroyed there.

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "mcu/app/simulate/picture_loop.hpp"
#include "mcu/app/simulate/speech_loop.hpp"
#include "media/rtp/rtp_session.hpp"
#include "media/transport/dtls_certificate.hpp"
#include "media/transport/secure_transport.hpp"
#include "media/transport/transport_loop.hpp"

namespace diemcau::mcu {

struct SiteMediaContext {
  media::TransportLoop* loop = nullptr;
  const media::DtlsCertificate* certificate = nullptr;
  Metrics* metrics = nullptr;
  media::TransportOptions transport;
};

class SiteMedia final : public media::TransportObserver, public media::Ticker {
 public:
  using Lost = std::function<void(const std::string& reason)>;

  /// Gathers at once. `lost` is called once, when the transport fails or the server closes it.
  /// `layers`: offers the camera in both layers.
  static Result<std::unique_ptr<SiteMedia>> create(const SiteMediaContext& context, Lost lost,
                                                   bool layers = false);
  ~SiteMedia();

  const std::string& offer() const noexcept { return offer_; }
  Result<void> accept(const std::string& answer);

  /// Null: the camera sends nothing.
  void set_picture(std::shared_ptr<const PictureLoop> loop);
  /// The low layer; nothing is sent where the server did not take it.
  void set_thumbnail(std::shared_ptr<const PictureLoop> loop);
  /// Null: the microphone is off.
  void set_speech(std::shared_ptr<const SpeechLoop> loop);
  /// What arrives of the mix; after accept().
  void hear(std::shared_ptr<media::UplinkSink> ear) {
    session_->set_uplink_sink(media::Slot::audio, std::move(ear));
  }
  const media::SessionStatistics& statistics() const noexcept { return statistics_; }
  bool connected() const noexcept { return connected_; }

  // TransportObserver, Ticker
  void on_transport_state(media::TransportState state, const std::string& reason) override;
  void on_rtp(std::span<std::uint8_t> packet, TimePoint arrived) override;
  void on_rtcp(std::span<std::uint8_t> compound, TimePoint arrived) override;
  TimePoint on_tick(TimePoint now) noexcept override;

 private:
  /// One layer of the camera.
  struct Camera {
    std::shared_ptr<media::EncodedStream> stream;
    std::shared_ptr<const PictureLoop> loop;
    std::shared_ptr<std::atomic<bool>> key_frame_wanted;
    std::int64_t index = 0;
    std::size_t at = 0;
    TimePoint next{};
  };
  SiteMedia(const SiteMediaContext& context, Lost lost);
  Camera make_camera(const char* label) const;
  void send_sound(TimePoint now);
  void send_picture(Camera& camera, TimePoint now);

  SiteMediaContext context_;
  Lost lost_;
  std::string offer_;
  bool connected_ = false;
  std::optional<media::TransportLoop::TickerId> ticker_;
  std::unique_ptr<media::SecureTransport> transport_;
  std::unique_ptr<media::RtpSession> session_, thumbnails_;
  std::shared_ptr<media::EncodedStream> sound_;
  std::shared_ptr<const SpeechLoop> speech_;
  Camera picture_, thumbnail_;
  std::int64_t sound_index_ = 0;
  std::size_t speech_at_ = 0;
  TimePoint epoch_{}, next_sound_{};
  media::SessionStatistics statistics_;
};

}  // namespace diemcau::mcu
