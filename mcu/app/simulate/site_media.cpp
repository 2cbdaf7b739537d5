#include "mcu/app/simulate/site_media.hpp"

#include "mcu/app/simulate/site_offer.hpp"

namespace diemcau::mcu {

using namespace std::chrono_literals;
using media::Codec;
using media::EncodedStream;
using media::PacketChunk;
using media::Slot;

namespace {
constexpr Duration kSoundTick = 20ms;
/// After a stall (a busy machine) the loops go on from now instead of bursting.
constexpr Duration kLongestBurst = 200ms;

std::uint32_t rtp_time(TimePoint at, TimePoint epoch, std::uint32_t rate) {
  return static_cast<std::uint32_t>((at - epoch).count() / 1000 * rate / 1'000'000);
}
}  // namespace

SiteMedia::SiteMedia(const SiteMediaContext& context, Lost lost)
    : context_(context), lost_(std::move(lost)) {
  epoch_ = next_sound_ = context_.loop->clock().now();
  EncodedStream::Options sound;
  sound.codec = Codec::opus;
  sound.label = "simulated-sound";
  sound_ = EncodedStream::create(sound, {context_.loop}, context_.loop->clock(), {});
  picture_ = make_camera("simulated-picture");
  thumbnail_ = make_camera("simulated-thumbnail");
}

SiteMedia::Camera SiteMedia::make_camera(const char* label) const {
  Camera camera;
  camera.key_frame_wanted = std::make_shared<std::atomic<bool>>(true);
  camera.next = epoch_;
  EncodedStream::Options options;
  options.codec = Codec::h264;
  options.label = label;
  media::StreamDemand demand;
  demand.on_key_frame_needed = [wanted = camera.key_frame_wanted] { wanted->store(true); };
  camera.stream = EncodedStream::create(options, {context_.loop}, context_.loop->clock(), demand);
  return camera;
}

SiteMedia::~SiteMedia() {
  DIEMCAU_RUN_ON(context_.loop->sequence());
  if (ticker_) context_.loop->remove_ticker(*ticker_);
  if (thumbnails_) thumbnails_->close();
  if (session_) session_->close();
  if (transport_) transport_->close();
}

Result<std::unique_ptr<SiteMedia>> SiteMedia::create(const SiteMediaContext& context, Lost lost,
                                                     bool layers) {
  std::unique_ptr<SiteMedia> self(new SiteMedia(context, std::move(lost)));
  auto transport = media::SecureTransport::create(*context.loop, *context.certificate,
                                                  context.transport, /*ice_controlling=*/true,
                                                  media::DtlsRole::client, *context.metrics, *self);
  if (!transport) return transport.error();
  self->transport_ = std::move(*transport);
  LocalTransport local;
  local.ice = self->transport_->local_ice();
  local.fingerprint = context.certificate->fingerprint();
  local.session_id = static_cast<std::uint64_t>(self->epoch_.time_since_epoch().count());
  self->offer_ = write_site_offer(local, layers);
  self->ticker_ = context.loop->add_ticker(*self);
  return self;
}

Result<void> SiteMedia::accept(const std::string& answer) {
  auto parameters = read_site_answer(answer);
  if (!parameters) return parameters.error();
  media::RtpSessionEvents events;
  events.on_statistics = [this](const media::SessionStatistics& s) { statistics_ = s; };
  session_ = std::make_unique<media::RtpSession>(*parameters, *context_.loop, *transport_,
                                                 *context_.metrics, std::move(events));
  if (const auto low = thumbnail_session(*parameters))
    thumbnails_ = std::make_unique<media::RtpSession>(*low, *context_.loop, *transport_,
                                                      *context_.metrics, media::RtpSessionEvents{});
  transport_->allow_repeats(media::repeating_sources(parameters->slots));
  return transport_->connect(parameters->remote_ice, parameters->remote_fingerprint);
}

void SiteMedia::set_picture(std::shared_ptr<const PictureLoop> loop) {
  picture_.loop = std::move(loop);
  picture_.key_frame_wanted->store(true);
}

void SiteMedia::set_thumbnail(std::shared_ptr<const PictureLoop> loop) {
  thumbnail_.loop = std::move(loop);
  thumbnail_.key_frame_wanted->store(true);
}

void SiteMedia::set_speech(std::shared_ptr<const SpeechLoop> loop) {
  speech_ = std::move(loop);
  speech_at_ = 0;
}

void SiteMedia::on_transport_state(media::TransportState state, const std::string& reason) {
  if (state == media::TransportState::connected && !connected_) {
    connected_ = true;
    session_->show(Slot::audio, sound_);
    session_->show(Slot::main, picture_.stream);
    if (thumbnails_) thumbnails_->show(Slot::main, thumbnail_.stream);
  } else if (state == media::TransportState::failed || state == media::TransportState::closed) {
    connected_ = false;
    if (lost_) std::exchange(lost_, nullptr)(reason);
  }
}

void SiteMedia::on_rtp(std::span<std::uint8_t> packet, TimePoint arrived) {
  if (session_) session_->on_rtp(packet, arrived);
}

void SiteMedia::on_rtcp(std::span<std::uint8_t> compound, TimePoint arrived) {
  if (session_) session_->on_rtcp(compound, arrived);
  // Each knows its own SSRC; what is about another's is nothing to it.
  if (thumbnails_) thumbnails_->on_rtcp(compound, arrived);
}

TimePoint SiteMedia::on_tick(TimePoint now) noexcept {
  if (!session_) return now;
  session_->tick(now);
  if (thumbnails_) thumbnails_->tick(now);
  if (connected_) {
    send_sound(now);
    send_picture(picture_, now);
    if (thumbnails_) send_picture(thumbnail_, now);
  }
  return now;
}

void SiteMedia::send_sound(TimePoint now) {
  if (!speech_ || now - next_sound_ > kLongestBurst) next_sound_ = now;
  if (!speech_) return;
  for (; next_sound_ <= now; next_sound_ += kSoundTick) {
    const auto& spoken = speech_->packets[speech_at_++ % speech_->packets.size()];
    auto chunk = std::make_shared<PacketChunk>();
    chunk->bytes = spoken.payload;
    media::PacketInfo info;
    info.size = static_cast<std::uint16_t>(spoken.payload.size());
    info.index = sound_index_++;
    info.timestamp = rtp_time(next_sound_, epoch_, 48'000) / 960 * 960;
    info.audio_level = spoken.level;
    chunk->packets.push_back(info);
    chunk->captured = chunk->produced = now;
    sound_->publish(std::move(chunk));
  }
}

void SiteMedia::send_picture(Camera& camera, TimePoint now) {
  if (!camera.loop || now - camera.next > kLongestBurst) camera.next = now;
  if (!camera.loop) return;
  const Duration step = std::chrono::nanoseconds(1s) / camera.loop->frames_per_second;
  for (; camera.next <= now; camera.next += step) {
    const auto& frames = camera.loop->frames;
    if (camera.key_frame_wanted->exchange(false) || camera.at >= frames.size()) camera.at = 0;
    auto chunk = std::make_shared<PacketChunk>(*frames[camera.at++]);
    for (auto& info : chunk->packets) {
      info.index = camera.index++;
      info.timestamp = rtp_time(camera.next, epoch_, 90'000);
    }
    chunk->captured = chunk->produced = now;
    camera.stream->publish(std::move(chunk));
  }
}

}  // namespace diemcau::mcu
