#include "media/tape/tape_deck.hpp"

#include <optional>
#include <utility>

namespace diemcau::media {

namespace {
constexpr Duration kToneStep = std::chrono::milliseconds(20);
constexpr std::uint32_t kToneTicks = 960;  // of 48 kHz
constexpr std::size_t kPacketsOfSound = 1024;
constexpr std::size_t kPacketsOfPicture = 8192;
}  // namespace

struct TapeDeck::State final : Ticker, UplinkSink, OrderedPacketSink {
  enum class Doing { nothing, recording, playing };

  State(TransportLoop& l, Options o, TapeDeckEvents e)
      : loop(l),
        options(std::move(o)),
        events(std::move(e)),
        sound(Codec::opus, {options.length, options.sound_bytes, kPacketsOfSound}),
        picture(options.picture, {options.length, options.picture_bytes, kPacketsOfPicture}),
        tone(Codec::opus, {options.length, options.sound_bytes, kPacketsOfSound}) {}

  void on_uplink_packet(const UplinkPacket& packet) noexcept override { sound.add(packet); }
  void on_ordered_packet(const UplinkPacket& packet, bool) noexcept override {
    picture.add(packet);
  }

  void record() {
    stop();
    const TimePoint now = loop.clock().now();
    sound.record(now);
    picture.record(now);
    until = now + options.length;
    begin(Doing::recording);
  }

  void play(Outputs to) {
    stop();
    outputs = std::move(to);
    const TimePoint now = loop.clock().now();
    sound.rewind(now);
    picture.rewind(now);
    playing = &sound;
    begin(Doing::playing);
  }

  void play_tone(std::shared_ptr<EncodedStream> to) {
    stop();
    outputs = {std::move(to), nullptr};
    fill_tone();
    tone.rewind(loop.clock().now());
    playing = &tone;
    begin(Doing::playing);
  }

  void fill_tone() {
    if (tone.packets() > 0 || !options.tone) return;
    const TimePoint from{};
    tone.record(from);
    UplinkPacket packet;
    for (const auto& payload : *options.tone) {
      packet.payload = payload;
      packet.arrived = from + packet.index * kToneStep;
      packet.audio_level = 20;
      tone.add(packet);
      ++packet.index;
      packet.timestamp += kToneTicks;
    }
  }

  void begin(Doing what) {
    doing = what;
    if (!ticker) ticker = loop.add_ticker(*this);
  }
  void stop() {
    doing = Doing::nothing;
    if (ticker) loop.remove_ticker(*std::exchange(ticker, std::nullopt));
    sound.stop();
    picture.stop();
    outputs = {};
  }

  TimePoint on_tick(TimePoint now) noexcept override {
    turn(now);
    // Packets are played at their own times, each tick those that are due.
    return doing == Doing::nothing ? TimePoint::max() : now;
  }
  void turn(TimePoint now) noexcept {
    if (doing == Doing::recording && now >= until) {
      stop();
      if (events.on_recorded)
        events.on_recorded({sound.packets(), picture.packets(), sound.bytes() + picture.bytes(),
                            sound.full() || picture.full()});
    } else if (doing == Doing::playing) {
      publish(*playing, outputs.sound, now);
      if (playing == &sound) publish(picture, outputs.picture, now);
      if (!playing->at_end() || (playing == &sound && !picture.at_end())) return;
      stop();
      if (events.on_played) events.on_played();
    }
  }
  static void publish(PacketTape& tape, const std::shared_ptr<EncodedStream>& stream,
                      TimePoint now) {
    while (auto chunk = tape.next(now))
      if (stream) stream->publish(std::move(chunk));
  }
  void on_loop_end() noexcept override { end(); }
  void end() {
    stop();
    events = {};
    sound.clear();
    picture.clear();
    tone.clear();
  }

  TransportLoop& loop;
  const Options options;
  TapeDeckEvents events;
  PacketTape sound, picture, tone;
  PacketTape* playing = nullptr;
  Outputs outputs;
  Doing doing = Doing::nothing;
  TimePoint until{};
  std::optional<TransportLoop::TickerId> ticker;
};

TapeDeck::TapeDeck(TransportLoop& loop, Options options, TapeDeckEvents events)
    : loop_(loop), state_(std::make_shared<State>(loop, std::move(options), std::move(events))) {}

TapeDeck::~TapeDeck() {
  // Where its loop takes no more work nothing of it runs: a task kept the state until here.
  loop_.post([state = state_] { state->end(); });
}

std::shared_ptr<UplinkSink> TapeDeck::sound() const {
  return state_;
}
std::shared_ptr<OrderedPacketSink> TapeDeck::picture() const {
  return state_;
}

void TapeDeck::post(std::function<void(State&)> work) {
  loop_.post([state = state_, work = std::move(work)] { work(*state); });
}

void TapeDeck::record() {
  post([](State& state) { state.record(); });
}
void TapeDeck::play(Outputs outputs) {
  post([outputs = std::move(outputs)](State& state) { state.play(outputs); });
}
void TapeDeck::play_tone(std::shared_ptr<EncodedStream> sound) {
  post([sound = std::move(sound)](State& state) { state.play_tone(sound); });
}
void TapeDeck::stop() {
  post([](State& state) { state.stop(); });
}

}  // namespace diemcau::media
