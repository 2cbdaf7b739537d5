#pragma once
// The pictures a conference decodes: opened when they are wanted, closed when not, and of a site
// that sends two layers the one that is wanted. Lives on the conference's strand.

#include <map>
#include <memory>

#include "mcu/conference/participant.hpp"
#include "mcu/conference/views.hpp"
#include "media/mix/video_mixer.hpp"
#include "media/rtp/layer_switch.hpp"

namespace diemcau::mcu {

class SourceInputs {
 public:
  using Wanted = std::map<SourceId, media::Layer>;

  explicit SourceInputs(media::VideoMixer& mixer) : mixer_(mixer) {}

  /// Reads these sources and no others. A source whose participant is gone keeps its last picture
  /// as long as it is wanted.
  void read(const Wanted& wanted, const Participants& all);
  void drop(SourceId source);
  /// Of the layer that is being decoded.
  void request_key_frame(SourceId source, Participant& owner);

 private:
  struct Input {
    media::Layer layer = media::Layer::high;
    std::shared_ptr<media::LayerSwitch> layers;  // null: it has one only
  };
  void open(SourceId source, media::Layer layer, Participant& owner);

  media::VideoMixer& mixer_;
  std::map<SourceId, Input> inputs_;
};

}  // namespace diemcau::mcu
