#include "mcu/conference/media_plane.hpp"

#include <algorithm>
#include <utility>

#include <boost/container/small_vector.hpp>

#include "base/log.hpp"
#include "mcu/conference/load_policy.hpp"
#include "mcu/conference/transport_policy.hpp"

namespace diemcau::mcu {

using media::Codec;
using media::EncodedStream;
using media::Layer;
using media::Quality;
using media::Slot;

namespace {
constexpr int kShedFramesPerSecond = 15;
}

MediaPlane::MediaPlane(const MediaContext& context, MediaPlaneEvents events)
    : context_(context), events_(std::move(events)) {}

media::TransportLoop& transport_for_one_more(const MediaContext& context) {
  boost::container::small_vector<std::size_t, 16> sessions;
  for (const auto* loop : context.transports) sessions.push_back(loop->sessions());
  return *context.transports[choose_transport(sessions, context.first_transports)];
}

Result<std::unique_ptr<MediaPlane>> MediaPlane::create(const MediaContext& context,
                                                       std::string name, MediaPlaneEvents events) {
  std::unique_ptr<MediaPlane> plane(new MediaPlane(context, std::move(events)));
  auto video_options = context.video;
  video_options.name = name;
  auto video =
      media::VideoMixer::create(video_options, context.loops, *context.clock, *context.metrics,
                                {plane->events_.on_key_frame_needed, plane->events_.on_flow_changed,
                                 plane->events_.on_notice});
  if (!video) return video.error();
  plane->video_ = std::move(*video);
  plane->sources_ = std::make_unique<SourceInputs>(*plane->video_);
  auto audio_options = context.audio;
  audio_options.name = name;
  auto audio =
      media::AudioMixer::create(audio_options, context.loops, *context.clock, *context.metrics,
                                {plane->events_.on_heard, plane->events_.on_notice});
  if (!audio) return audio.error();
  plane->audio_ = std::move(*audio);
  return plane;
}

void MediaPlane::connect(Participant& participant, const Participants& all) {
  auto& endpoint = *participant.endpoint;
  if (participant.sends(Slot::audio)) {
    if (auto input = audio_->open_input(participant.microphone())) {
      audio_inputs_.insert(participant.microphone());
      audio_->set_gate(participant.microphone(), !participant.muted);
      endpoint.set_uplink_sink(Slot::audio, *input);
    } else {
      log::warn("{}: no sound input: {}", participant.seat, input.error().detail);
    }
  }
  show_mix_to(participant, all);
  if (participant.kind == JoinKind::whip)  // its WHEP half may have come first
    for (const auto& [id, other] : all)
      if (other->kind == JoinKind::whep && other->connected &&
          other->who.unit == participant.who.unit)
        show_mix_to(*other, all);
  show_stage_to(participant);
}

std::shared_ptr<EncodedStream> MediaPlane::mix_for(const media::SlotParameters& audio,
                                                   SoundKind kind) {
  if (kind == SoundKind::thin) return audio_->thin();
  return kind == SoundKind::red && audio.codec.red_payload_type ? audio_->red() : audio_->opus();
}

void MediaPlane::show_mix_to(Participant& listener, const Participants& all) {
  const auto* audio = listener.slot(Slot::audio);
  if (audio == nullptr || !audio->send) return;
  SourceId self = listener.microphone();
  // A room that publishes by WHIP and listens by WHEP is one room: it must not hear itself.
  if (listener.kind == JoinKind::whep)
    for (const auto& [id, other] : all)
      if (other->kind == JoinKind::whip && other->who.unit == listener.who.unit)
        self = other->microphone();
  listener.endpoint->show(Slot::audio, mix_for(*audio, listener.content.sound), self);
}

void MediaPlane::disconnect(Participant& participant, bool keep_picture) {
  if (!keep_picture) drop_source(participant.camera());
  drop_source(participant.screen());
  if (audio_inputs_.erase(participant.microphone()) > 0)
    audio_->close_input(participant.microphone());
}

void MediaPlane::drop_source(SourceId source) {
  sources_->drop(source);
}

void MediaPlane::set_gate(const Participant& participant, bool open) {
  if (audio_inputs_.contains(participant.microphone()))
    audio_->set_gate(participant.microphone(), open);
}

void MediaPlane::show(Participant& participant, const DownlinkContent& content,
                      const Participants& all) {
  const auto before = std::exchange(participant.content, content);
  if (content.sound != before.sound) show_mix_to(participant, all);
  show_stage_to(participant);
}

void MediaPlane::show_stage_to(Participant& viewer) {
  const auto* main = viewer.slot(Slot::main);
  if (main == nullptr || !main->send || !viewer.whep_unit.empty()) return;
  auto quality = quality_of(viewer.content.main);
  if (quality && sheds_1080p(shedding_)) quality = std::min(*quality, Quality::p720);
  if (viewer.shown_quality == quality) return;
  viewer.shown_quality = quality;
  viewer.endpoint->show(Slot::main,
                        quality ? video_->rendition({main->codec.codec, *quality}) : nullptr);
}

void MediaPlane::shed(int level, const Participants& all) {
  if (level == shedding_) return;
  if (sheds_frame_rate(level) != sheds_frame_rate(shedding_))
    video_->set_frame_rate(sheds_frame_rate(level) ? kShedFramesPerSecond
                                                   : context_.video.frames_per_second);
  shedding_ = level;
  for (const auto& [id, participant] : all)
    if (participant->connected) show_stage_to(*participant);
}

void MediaPlane::read_sources(const SourceInputs::Wanted& wanted, const Participants& all) {
  sources_->read(wanted, all);
}

void MediaPlane::request_key_frame(SourceId source, Participant& owner) {
  sources_->request_key_frame(source, owner);
}

void MediaPlane::show_stage(const media::MixPlan& plan) {
  video_->set_plan(plan);
}

std::shared_ptr<EncodedStream> MediaPlane::relay_of(Participant& site, Slot slot, Layer layer) {
  auto& stream =
      slot == Slot::main ? site.camera_relays[media::index_of(layer)] : site.screen_relay;
  if (stream) return stream;
  const auto* parameters = site.slot(slot);
  if (parameters == nullptr || !parameters->receive) return nullptr;
  EncodedStream::Options options;
  options.id = {(1ull << 40) | (std::uint64_t{media::index_of(layer)} << 39) |
                (slot == Slot::main ? site.camera() : site.screen()).value};
  options.codec = parameters->codec.codec;
  options.label = slot == Slot::second  ? "relay-screen"
                  : layer == Layer::low ? "relay-thumbnail"
                                        : "relay-camera";
  std::weak_ptr<media::Endpoint> endpoint = site.endpoint;
  media::StreamDemand demand;
  demand.on_key_frame_needed = [endpoint, slot, layer] {
    if (const auto alive = endpoint.lock()) alive->request_key_frame(slot, layer);
  };
  stream =
      EncodedStream::create(std::move(options), context_.loops, *context_.clock, std::move(demand));
  site.endpoint->set_forward(slot, layer, stream);
  return stream;
}

void MediaPlane::relay(Participant& viewer, Slot slot, Participant* site, Slot of, Layer layer) {
  viewer.endpoint->show(slot, site != nullptr ? relay_of(*site, of, layer) : nullptr);
}

void MediaPlane::wall(Participant& viewer, int page) {
  viewer.endpoint->show(Slot::second, video_->wall(viewer.slot(Slot::second)->codec.codec, page));
}

void MediaPlane::show_wall(const std::vector<WallPage>& pages, const std::set<int>& watched) {
  for (const int page : watched) {
    const auto& plan = pages[static_cast<std::size_t>(page)].mix;
    auto& known = wall_plans_[page];
    if (known == plan) continue;
    known = plan;
    video_->set_wall_page(page, plan);
  }
}

std::shared_ptr<EncodedStream> MediaPlane::recording_video() {
  return video_->rendition({Codec::h264, Quality::p720});
}

std::shared_ptr<EncodedStream> MediaPlane::recording_audio() {
  return audio_->aac();
}

}  // namespace diemcau::mcu
