#pragma once
// The media of one conference: the two mixers, and which endpoint feeds and shows what. Knows
// participants and plans, but no rule of the meeting. Lives on the conference's strand.

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "mcu/conference/layout_policy.hpp"
#include "mcu/conference/participant.hpp"
#include "mcu/conference/source_inputs.hpp"
#include "mcu/conference/views.hpp"
#include "media/mix/audio_mixer.hpp"
#include "media/mix/video_mixer.hpp"
#include "media/transport/transport_loop.hpp"

namespace diemcau::mcu {

/// What all conferences of the process share; outlives them.
struct MediaContext {
  std::vector<media::TransportLoop*> transports;
  std::vector<EventLoop*> loops;     // the same, by index
  std::size_t first_transports = 1;  // in use from the start, the others when these are full
  const media::DtlsCertificate* certificate = nullptr;
  const Clock* clock = nullptr;
  Metrics* metrics = nullptr;
  media::TransportOptions transport;
  media::VideoMixerOptions video;
  media::AudioMixerOptions audio;
};

/// The thread that a new session is to live on (transport_policy.hpp). Any thread.
media::TransportLoop& transport_for_one_more(const MediaContext& context);

/// On media threads: receivers must only post.
struct MediaPlaneEvents {
  std::function<void(SourceId)> on_key_frame_needed;
  std::function<void(SourceId, bool flowing)> on_flow_changed;
  std::function<void(std::vector<media::HeardSource>)> on_heard;
  std::function<void(media::MediaNotice)> on_notice;
};

class MediaPlane final : public ViewOutput {
 public:
  static Result<std::unique_ptr<MediaPlane>> create(const MediaContext& context, std::string name,
                                                    MediaPlaneEvents events);

  /// The transport is up: sound both ways, the stage down.
  void connect(Participant& participant, const Participants& all);
  /// Before the endpoint closes: its inputs end. With `keep_picture` the camera's decoder stays,
  /// so that the last frame remains on the stage until drop_source.
  void disconnect(Participant& participant, bool keep_picture);
  void drop_source(SourceId source);
  void set_gate(const Participant& participant, bool open);
  /// What its line carries: the sound's kind and the stage's rendition. The second picture is
  /// the views' matter.
  void show(Participant& participant, const DownlinkContent& content, const Participants& all);
  /// What the machine is short of; `load_policy.hpp` says in which order.
  void shed(int level, const Participants& all);

  /// Decodes exactly these sources, each from this layer.
  void read_sources(const SourceInputs::Wanted& wanted, const Participants& all);
  void request_key_frame(SourceId source, Participant& owner);
  void show_stage(const media::MixPlan& plan);
  void relay(Participant& viewer, media::Slot slot, Participant* site, media::Slot of,
             media::Layer layer) override;
  void wall(Participant& viewer, int page) override;
  /// What the watched pages of the wall show from now on.
  void show_wall(const std::vector<WallPage>& pages, const std::set<int>& watched);

  std::shared_ptr<media::EncodedStream> recording_video();
  std::shared_ptr<media::EncodedStream> recording_audio();

 private:
  MediaPlane(const MediaContext& context, MediaPlaneEvents events);
  std::shared_ptr<media::EncodedStream> relay_of(Participant& site, media::Slot slot,
                                                 media::Layer layer);
  std::shared_ptr<media::EncodedStream> mix_for(const media::SlotParameters& audio, SoundKind kind);
  void show_stage_to(Participant& viewer);
  void show_mix_to(Participant& listener, const Participants& all);

  const MediaContext& context_;
  MediaPlaneEvents events_;
  std::unique_ptr<media::VideoMixer> video_;
  std::map<int, media::MixPlan> wall_plans_;  // as the mixer knows them
  std::unique_ptr<SourceInputs> sources_;     // borrows video_
  std::unique_ptr<media::AudioMixer> audio_;
  int shedding_ = 0;
  std::set<SourceId> audio_inputs_;
};

}  // namespace diemcau::mcu
