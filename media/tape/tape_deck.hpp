#pragma once
// Records what one endpoint receives and plays it back to it: a tape for sound, one for the
// picture, and a tone of its own. Commands by value from any thread; lives on the endpoint's
// transport loop.

#include <functional>
#include <memory>
#include <vector>

#include "media/rtp/uplink.hpp"
#include "media/stream/encoded_stream.hpp"
#include "media/tape/packet_tape.hpp"
#include "media/transport/transport_loop.hpp"

namespace diemcau::media {

/// What a tape holds, told when it is full or its time is over.
struct Recorded {
  std::size_t sound_packets = 0, picture_packets = 0;
  std::size_t bytes = 0;
  bool cut = false;  // more arrived than there is room for
};

/// On the transport loop; receivers must only post.
struct TapeDeckEvents {
  std::function<void(const Recorded&)> on_recorded;
  std::function<void()> on_played;
};

/// Opus packets of 20 ms each, made once and shared by all decks.
using Tone = std::vector<std::vector<std::uint8_t>>;

class TapeDeck {
 public:
  struct Options {
    Codec picture = Codec::h264;
    Duration length = std::chrono::seconds(5);
    std::size_t sound_bytes = 160 * 1024;
    std::size_t picture_bytes = 3 << 20;  // five seconds of 5 Mbit/s
    std::shared_ptr<const Tone> tone;
  };
  /// The streams a replay is published as; null where the endpoint cannot show it.
  struct Outputs {
    std::shared_ptr<EncodedStream> sound, picture;
  };

  TapeDeck(TransportLoop& loop, Options options, TapeDeckEvents events);
  ~TapeDeck();
  TapeDeck(const TapeDeck&) = delete;
  TapeDeck& operator=(const TapeDeck&) = delete;

  /// For the endpoint's slots.
  std::shared_ptr<UplinkSink> sound() const;
  std::shared_ptr<OrderedPacketSink> picture() const;

  // Any thread. Each ends what was going on, without its event.
  void record();
  void play(Outputs outputs);
  void play_tone(std::shared_ptr<EncodedStream> sound);
  void stop();

 private:
  struct State;
  void post(std::function<void(State&)> work);
  TransportLoop& loop_;
  std::shared_ptr<State> state_;
};

}  // namespace diemcau::media
