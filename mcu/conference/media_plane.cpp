#include "mcu/conference/media_plane.hpp"

#include "base/log.hpp"

namespace diemcau::mcu {

using media::Codec;
using media::EncodedStream;
using media::Layer;
using media::Quality;
using media::Slot;

MediaPlane::MediaPlane(const MediaContext& context, MediaPlaneEvents events)
    : context_(context), events_(std::move(events)) {}

Result<std::unique_ptr<MediaPlane>> MediaPlane::create(const MediaContext& context,
                                                       std::string name, MediaPlaneEvents events) {
  std::unique_ptr<MediaPlane> plane(new MediaPlane(context, std::move(events)));
  auto video_options = context.video;
  video_options.name = name;
  auto video = media::VideoMixer::create(
      video_options, context.loops, *context.clock, *context.metrics,
      {plane->events_.on_key_frame_needed, plane->events_.on_flow_changed});
  if (!video) return video.error();
  plane->video_ = std::move(*video);
  auto audio_options = context.audio;
  audio_options.name = name;
  auto audio = media::AudioMixer::create(audio_options, context.loops, *context.clock,
                                         *context.metrics, {plane->events_.on_heard});
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
  set_stage_quality(participant, participant.rendition.quality());
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
  listener.endpoint->show(Slot::audio,
                          audio->codec.red_payload_type ? audio_->red() : audio_->opus(), self);
}

void MediaPlane::disconnect(Participant& participant, bool keep_picture) {
  if (!keep_picture) drop_source(participant.camera());
  drop_source(participant.screen());
  if (audio_inputs_.erase(participant.microphone()) > 0)
    audio_->close_input(participant.microphone());
}

void MediaPlane::drop_source(SourceId source) {
  if (video_inputs_.erase(source) > 0) video_->close_input(source);
}

void MediaPlane::set_gate(const Participant& participant, bool open) {
  if (audio_inputs_.contains(participant.microphone()))
    audio_->set_gate(participant.microphone(), open);
}

void MediaPlane::set_stage_quality(Participant& participant, Quality quality) {
  const auto* main = participant.slot(Slot::main);
  if (main == nullptr || !main->send || !participant.whep_unit.empty()) return;
  if (participant.shown_quality == quality) return;
  participant.shown_quality = quality;
  participant.endpoint->show(Slot::main, video_->rendition({main->codec.codec, quality}));
}

void MediaPlane::show_stage(const StagePlan& plan, const Participants& all) {
  std::set<SourceId> wanted;
  for (const auto& tile : plan.mix.tiles)
    if (tile.state == media::TileState::live || tile.state == media::TileState::waiting ||
        tile.state == media::TileState::lost)
      wanted.insert(tile.source);

  // What a lost site showed last stays on its dimmed tile, so its input stays until it is gone.
  for (auto it = video_inputs_.begin(); it != video_inputs_.end();) {
    if (wanted.contains(*it)) {
      ++it;
      continue;
    }
    const auto owner = all.find(Participant::owner_of(*it));
    if (owner != all.end())
      owner->second->endpoint->set_ordered_sink(
          Participant::is_screen(*it) ? Slot::second : Slot::main, Layer::high, nullptr);
    video_->close_input(*it);
    it = video_inputs_.erase(it);
  }
  for (const auto source : wanted) {
    if (video_inputs_.contains(source)) continue;
    const auto owner = all.find(Participant::owner_of(source));
    if (owner == all.end() || !owner->second->connected) continue;
    const Slot slot = Participant::is_screen(source) ? Slot::second : Slot::main;
    const auto* parameters = owner->second->slot(slot);
    if (parameters == nullptr || !parameters->receive) continue;
    auto input = video_->open_input(source, parameters->codec.codec);
    if (!input) {
      log::warn("{}: no picture input: {}", owner->second->seat, input.error().detail);
      continue;
    }
    video_inputs_.insert(source);
    owner->second->endpoint->set_ordered_sink(slot, Layer::high, *input);
    owner->second->endpoint->request_key_frame(slot, Layer::high);
  }
  video_->set_plan(plan.mix);
}

std::shared_ptr<EncodedStream> MediaPlane::relay_of(Participant& site, Slot slot) {
  auto& stream = slot == Slot::main ? site.camera_relay : site.screen_relay;
  if (stream) return stream;
  const auto* parameters = site.slot(slot);
  if (parameters == nullptr || !parameters->receive) return nullptr;
  EncodedStream::Options options;
  options.id = {(1ull << 40) | (slot == Slot::main ? site.camera() : site.screen()).value};
  options.codec = parameters->codec.codec;
  options.label = slot == Slot::main ? "relay-camera" : "relay-screen";
  std::weak_ptr<media::Endpoint> endpoint = site.endpoint;
  media::StreamDemand demand;
  demand.on_key_frame_needed = [endpoint, slot] {
    if (const auto alive = endpoint.lock()) alive->request_key_frame(slot, Layer::high);
  };
  stream =
      EncodedStream::create(std::move(options), context_.loops, *context_.clock, std::move(demand));
  site.endpoint->set_forward(slot, Layer::high, stream);
  return stream;
}

void MediaPlane::relay(Participant& viewer, Slot slot, Participant* site, Slot of) {
  viewer.endpoint->show(slot, site != nullptr ? relay_of(*site, of) : nullptr);
}

std::shared_ptr<EncodedStream> MediaPlane::recording_video() {
  return video_->rendition({Codec::h264, Quality::p720});
}

std::shared_ptr<EncodedStream> MediaPlane::recording_audio() {
  return audio_->aac();
}

}  // namespace diemcau::mcu
