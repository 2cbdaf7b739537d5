#pragma once
// The meeting's sound: at each tick of 20 ms, in step with whoever speaks, the loudest open
// microphones are decoded and mixed in 48 kHz; each of those heard gets the mix without itself,
// everybody else one shared encode. Thread `amix-C`.

#include <functional>
#include <memory>
#include <vector>

#include "base/clock.hpp"
#include "base/event_loop.hpp"
#include "base/ids.hpp"
#include "base/metrics.hpp"
#include "base/result.hpp"
#include "media/mix/media_notice.hpp"
#include "media/rtp/uplink.hpp"
#include "media/stream/encoded_stream.hpp"

namespace diemcau::media {

struct AudioMixerOptions {
  std::string name;
  int sample_rate = 48'000;
  Duration tick = std::chrono::milliseconds(20);
  int most_heard = 5;         // top speakers decoded and mixed
  int opus_bitrate = 32'000;  // bit/s
  int opus_complexity = 5;
  // What the 64 kbit/s line gets. Opus spends in-band redundancy only above a threshold of its own
  // and lowers the bandwidth for it: these three give wideband (8 kHz) with redundancy for 17.0
  // kbit/s of Vietnamese speech; at 16 000 it is 6 kHz, at an expected loss of 20 none at all.
  int thin_bitrate = 18'500;
  int thin_complexity = 7;
  int thin_expected_loss = 25;
  int expected_loss = 10;  // per cent: spent on in-band FEC
  /// Payload type of the Opus blocks inside RED: receivers with another one get plain Opus.
  std::uint8_t red_block_payload_type = 111;
  int aac_bitrate = 96'000;
  std::uint64_t first_stream_id = 1000;
};

struct HeardSource {
  SourceId source;
  int level_dbov = -127;  // −127 … 0, smoothed
};

/// Events, on the mixer's thread: receivers must only post.
struct AudioMixerEvents {
  /// Who is heard, loudest first, echoes left out; when it changes and at most 5 times a second.
  std::function<void(std::vector<HeardSource>)> on_heard;
  /// Something began or ceased to be wrong with a microphone.
  std::function<void(MediaNotice)> on_notice;
};

class AudioMixer {
 public:
  static Result<std::unique_ptr<AudioMixer>> create(AudioMixerOptions options,
                                                    std::vector<EventLoop*> loops,
                                                    const Clock& clock, Metrics& metrics,
                                                    AudioMixerEvents events);
  virtual ~AudioMixer() = default;

  /// A microphone; feed it from the site's transport loop (Opus, or RED of Opus).
  virtual Result<std::shared_ptr<UplinkSink>> open_input(SourceId source) = 0;
  virtual void close_input(SourceId source) = 0;
  /// Hard mute: a closed gate is heard by nobody, whatever the site sends. Open at first.
  virtual void set_gate(SourceId source, bool open) = 0;

  /// The mix as Opus packets. Packets carry a variant for each source heard (mix-minus): a
  /// receiver takes the one with its own SourceId, else variant 0. RTP clock: tick × 960.
  virtual std::shared_ptr<EncodedStream> opus() = 0;
  /// The same as RED (RFC 2198) with one earlier packet as redundancy; made only while watched.
  virtual std::shared_ptr<EncodedStream> red() = 0;
  /// For lines of 64 kbit/s: 16 kbit/s in packets of 60 ms (one every third tick), with variants
  /// too; made only while watched. The same RTP clock: a packet bears its first tick's timestamp.
  virtual std::shared_ptr<EncodedStream> thin() = 0;
  /// The full mix as AAC-LC frames for the recorder; made only while it has frame readers.
  virtual std::shared_ptr<EncodedStream> aac() = 0;
};

}  // namespace diemcau::media
