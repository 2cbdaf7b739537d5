#include "media/mix/audio_playout.hpp"

#include <algorithm>
#include <cstdlib>
#include <limits>

#include "media/codec/red.hpp"
#include "media/mix/audio_stretch.hpp"
#include "media/mix/audio_voice.hpp"
#include "media/mix/opus_codec.hpp"

namespace diemcau::media {

namespace {
constexpr std::int64_t kOtherTimeline = ms_samples(1000);  // transit so far off is a new timeline
constexpr std::int64_t kSameTimeline = ms_samples(200);
constexpr int kLateRestart = 6;  // late in a row: the route changed, start anew
constexpr std::int64_t kWarmUp = ms_samples(60);
constexpr Duration kActive = std::chrono::milliseconds(160);
constexpr std::int64_t kFadeFrom = ms_samples(100);  // concealed longer, sound fades …
constexpr std::int64_t kFadeOver = ms_samples(60);   // … and then is silence
constexpr std::size_t kConcealStep = ms_samples(10);
constexpr float kRamp = 1.0F / 240;  // 5 ms
constexpr float kFade = 1.0F / static_cast<float>(kFadeOver);
// Delay may be this far above its target before a pitch period is removed. Below it not by a
// sample: the tick would need the packet behind, which may not be there.
constexpr std::int64_t kTooSlow = ms_samples(4);
constexpr std::int64_t kFarTooSlow = ms_samples(60);
constexpr std::int64_t kFarTooFast = ms_samples(10);
constexpr std::int64_t kHopeless = ms_samples(300);  // cut, do not squeeze
// Packets of 20 ms, five seconds of them: nothing is sent again that late.
constexpr std::int64_t kRepairReach = 250;
constexpr int kStretchPause = 5;        // ticks …
constexpr int kStretchPauseUrgent = 2;  // … when far off
constexpr std::size_t kStretchWindow = ms_samples(30);
}  // namespace

AudioPlayout::AudioPlayout(AudioCounters& counters) : counters_(counters) {}
AudioPlayout::~AudioPlayout() = default;

// ---- packets in ----

std::int64_t AudioPlayout::unwrap(std::uint32_t timestamp) const noexcept {
  return last_unwrapped_ + static_cast<std::int32_t>(timestamp - last_timestamp_);
}

/// Far behind the newest is no repair any more: the source counts anew, from a lower number.
bool AudioPlayout::is_newest(std::int64_t index) const noexcept {
  return index > highest_index_ || index < highest_index_ - kRepairReach;
}

/// A repair, which may come a second late and with many others, tells nothing of the timeline.
bool AudioPlayout::accept_timeline(std::int64_t timestamp, TimePoint arrived, bool newest) {
  if (!synced_) return true;
  const std::int64_t transit = to_samples(arrived) - timestamp;
  if (std::abs(transit - delay_.base()) <= kOtherTimeline) {
    suspect_ = false;
    return true;
  }
  // One packet may be a straggler of an old timeline; two that agree are a restarted source.
  if (newest && suspect_ && std::abs(transit - suspect_transit_) <= kSameTimeline) {
    restart();
    return true;
  }
  if (newest) {
    suspect_ = true;
    suspect_transit_ = transit;
  }
  counters_.late.add();
  return false;
}

void AudioPlayout::restart() {
  counters_.restarts.add();
  packets_.clear();
  delay_.reset();
  synced_ = false;
  suspect_ = false;
  after_end_ = true;
  late_in_a_row_ = 0;
  if (voice_) voice_->go_silent();
}

void AudioPlayout::note_losses(const AudioPacket& packet, std::int64_t timestamp) {
  if (!synced_ || after_end_) {
    // Ahead of it lies what the gate held back: not lost, and not to be waited for.
    if (!synced_) came_.fill(std::numeric_limits<std::int64_t>::min());
    if (!synced_ || packet.index > highest_index_) spurt_ = timestamp;
  } else if (packet.index > highest_index_ + 1) {
    delay_.on_loss(packet.arrived);
  }
  if (!synced_ || packet.index > highest_index_) {
    highest_index_ = packet.index;
    after_end_ = packet.end_of_speech;
  }
}

bool AudioPlayout::came(std::int64_t timestamp) const noexcept {
  return std::find(came_.begin(), came_.end(), timestamp) != came_.end();
}

/// Sound of this spurt, of which it is not known whether it was here before.
void AudioPlayout::note_content(std::int64_t timestamp, TimePoint arrived, int samples) {
  if (timestamp < spurt_ || came(timestamp)) return;
  came_[came_at_++ % came_.size()] = timestamp;
  delay_.on_content(timestamp, arrived, samples);
}

void AudioPlayout::note_timing(const AudioPacket& packet) {
  const std::int64_t timestamp = synced_ ? unwrap(packet.timestamp) : packet.timestamp;
  if (!accept_timeline(timestamp, packet.arrived, is_newest(packet.index))) return;
  delay_.on_content(timestamp, packet.arrived, 0);
  if (!synced_) {
    played_until_ = timestamp;
    came_.fill(std::numeric_limits<std::int64_t>::min());
  }
  if (!synced_ || timestamp > last_unwrapped_) {
    last_unwrapped_ = timestamp;
    last_timestamp_ = packet.timestamp;
    highest_index_ = packet.index;
    after_end_ = true;
  }
  synced_ = true;
}

void AudioPlayout::push(const AudioPacket& packet) {
  if (synced_ && delay_.fresh(packet.arrived)) {  // nothing for seconds: no timeline to hold to
    packets_.clear();
    synced_ = false;
    if (voice_ && !voice_->silent) voice_->go_silent();
  }
  if (packet.timing_only) return note_timing(packet);
  const auto opus = packet.payload();
  std::span<const std::uint8_t> primary = opus;
  std::optional<RedPayload> red;
  if (packet.red) {
    red = parse_red(opus);
    if (!red) return counters_.invalid_red.add();
    primary = red->primary().data;
  }
  const auto samples = opus_packet_samples(primary);
  if (!samples) return counters_.invalid_opus.add();
  const std::int64_t timestamp = synced_ ? unwrap(packet.timestamp) : packet.timestamp;
  const bool newest = is_newest(packet.index);
  if (!accept_timeline(timestamp, packet.arrived, newest)) return;

  note_losses(packet, timestamp);
  if (red) note_redundancy(*red, timestamp, packet.arrived);
  if (!came(timestamp - *samples) && opus_packet_has_fec(primary))
    note_content(timestamp - *samples, packet.arrived, *samples);
  note_content(timestamp, packet.arrived, *samples);
  if (!synced_) played_until_ = timestamp;
  if (!synced_ || timestamp > last_unwrapped_) {
    last_unwrapped_ = timestamp;
    last_timestamp_ = packet.timestamp;
  }
  synced_ = true;
  last_arrival_ = packet.arrived;

  if (timestamp + *samples <= played_until_) {
    counters_.late.add();
    // The delay grew for good: the old base would throw everything away until it is forgotten.
    if (newest && ++late_in_a_row_ >= kLateRestart) restart();
    return;
  }
  if (newest) late_in_a_row_ = 0;
  if (red) store_red(*red, timestamp);
  store(timestamp, primary, packet.end_of_speech || opus_packet_is_dtx(primary), false);
}

void AudioPlayout::note_redundancy(const RedPayload& red, std::int64_t timestamp,
                                   TimePoint arrived) {
  for (const RedBlock& block : red.redundant()) {
    const auto samples = opus_packet_samples(block.data);
    if (samples && block.timestamp_offset != 0)
      note_content(timestamp - block.timestamp_offset, arrived, *samples);
  }
}

void AudioPlayout::store_red(const RedPayload& red, std::int64_t timestamp) {
  for (const RedBlock& block : red.redundant()) {
    if (block.data.empty() || block.timestamp_offset == 0) continue;
    store(timestamp - block.timestamp_offset, block.data, false, true);
  }
}

void AudioPlayout::store(std::int64_t timestamp, std::span<const std::uint8_t> opus,
                         bool end_of_speech, bool redundant) {
  const auto samples = opus_packet_samples(opus);
  if (!samples) return counters_.invalid_opus.add();
  if (timestamp + *samples <= played_until_) return;
  if (packets_.insert(timestamp, *samples, end_of_speech, opus) && redundant)
    counters_.recovered.add();
}

// ---- sound out ----

bool AudioPlayout::active(TimePoint now) const noexcept {
  if (!synced_) return false;
  if (voice_ && !voice_->silent) return true;
  return now - last_arrival_ < kActive ||
         (!packets_.empty() && packets_.end() > wanted_position(now));
}

std::int64_t AudioPlayout::wanted_position(TimePoint tick) const noexcept {
  return to_samples(tick) - delay_.base() - delay_.target(tick, AudioDelayEstimator::kEase);
}

std::int64_t AudioPlayout::delay(TimePoint tick) const noexcept {
  return voice_ ? to_samples(tick) - delay_.base() - voice_->position() : delay_.target(tick);
}

std::optional<std::int64_t> AudioPlayout::spare(TimePoint tick) const noexcept {
  if (!voice_ || !synced_ || voice_->silent) return std::nullopt;
  return delay_.spare(tick, AudioDelayEstimator::kEase);
}

void AudioPlayout::skip(TimePoint tick) {
  voice_.reset();
  if (!synced_) return;
  played_until_ = std::max(played_until_, wanted_position(tick) - kWarmUp);
  packets_.drop_until(played_until_);
}

void AudioPlayout::clear() {
  if (!synced_ && !voice_) return;
  voice_.reset();
  packets_.clear();
  delay_.reset();
  synced_ = suspect_ = false;
  after_end_ = true;
  late_in_a_row_ = 0;
}

void AudioPlayout::begin(TimePoint tick) {
  auto decoder = OpusVoiceDecoder::create();
  if (!decoder) return;
  voice_ = std::make_unique<Voice>(std::move(*decoder));
  if (!synced_) return;
  const std::int64_t start = wanted_position(tick);
  // What lies just behind brings the decoder's state to where the sender's is.
  while (!packets_.empty() && packets_.front().end() <= start) {
    voice_->decoder.decode(packets_.front().bytes, voice_->scratch);
    packets_.pop_front();
  }
  voice_->next = start;
}

void AudioPlayout::lock_to_time(TimePoint tick) {
  Voice& v = *voice_;
  v.next = wanted_position(tick) + static_cast<std::int64_t>(v.fifo.size());
  v.ahead = 0;
  v.concealed_run = 0;
  v.ended = false;
  drop_late();
}

void AudioPlayout::drop_late() {
  counters_.late.add(packets_.drop_until(voice_->next));
}

void AudioPlayout::pull(TimePoint tick, AudioBlock& out) {
  out.fill(0);
  if (!voice_) begin(tick);
  if (!voice_ || !synced_) return;
  Voice& v = *voice_;
  if (v.silent) {
    lock_to_time(tick);
  } else {
    hold_delay(tick);
  }
  fill(kTickSamples);
  std::copy_n(v.fifo.begin(), kTickSamples, out.begin());
  v.fifo.erase(v.fifo.begin(), v.fifo.begin() + kTickSamples);
  // While concealing ahead the packet due may still come and be played.
  played_until_ = std::max(played_until_, v.next);
}

void AudioPlayout::release(AudioBlock& out) {
  out.fill(0);
  if (!voice_) return;
  Voice& v = *voice_;
  constexpr std::size_t kTail = 240;
  while (v.fifo.size() < kTail && decode_front()) {
  }
  if (v.fifo.size() < kTail && !v.silent) conceal(kTail - v.fifo.size(), false);
  const std::size_t n = std::min(kTail, v.fifo.size());
  for (std::size_t i = 0; i < n; ++i)
    out[i] = v.fifo[i] * (1 - static_cast<float>(i + 1) / static_cast<float>(n));
  voice_.reset();
}

void AudioPlayout::fill(std::size_t samples) {
  Voice& v = *voice_;
  // Each round appends or takes a packet away; the bound is only a seat belt.
  for (int round = 0; v.fifo.size() < samples && round < 512; ++round) {
    drop_late();
    if (!decode_front()) fill_gap(samples - v.fifo.size());
  }
  if (v.fifo.size() < samples) v.append_silence(samples - v.fifo.size());
}

bool AudioPlayout::decode_front() {
  Voice& v = *voice_;
  if (packets_.empty() || packets_.front().timestamp > v.next) return false;
  const auto& packet = packets_.front();
  const int n = v.decoder.decode(packet.bytes, v.scratch);
  const std::int64_t end = packet.timestamp + n;
  const bool ended = packet.end_of_speech;
  const std::int64_t played = v.next - packet.timestamp;
  packets_.pop_front();
  if (n <= 0) {
    counters_.invalid_opus.add();
    return false;
  }
  if (end <= v.next) return true;
  v.append(std::span(v.scratch).subspan(static_cast<std::size_t>(played),
                                        static_cast<std::size_t>(end - v.next)),
           1, kRamp);
  v.next = end;
  v.silent = false;
  v.ended = ended;
  v.ahead = 0;
  v.concealed_run = 0;
  return true;
}

void AudioPlayout::fill_gap(std::size_t missing) {
  Voice& v = *voice_;
  const bool more = !packets_.empty();
  const std::int64_t gap = more ? packets_.front().timestamp - v.next : 0;
  if (v.silent) {
    const auto n = more ? std::min(static_cast<std::int64_t>(missing), gap)
                        : static_cast<std::int64_t>(missing);
    if (n <= 0) return;
    v.append_silence(static_cast<std::size_t>(n));
    v.next += n;
    return;
  }
  if (v.ended || v.concealed_run >= kFadeFrom + kFadeOver) {
    // Announced, or too long to be made up: fade what still sounds and wait for the next packet.
    v.go_silent();
    return;
  }
  if (!more) {
    // Late or lost, nobody knows yet: make sound up and leave the packet its place.
    conceal(kConcealStep, true);
    v.ahead += static_cast<std::int64_t>(kConcealStep);
    return;
  }
  if (v.ahead > 0) {
    const std::int64_t covered = std::min(gap, v.ahead);
    v.next += covered;
    v.ahead = 0;
    if (covered > 0) return;
  }
  const auto& packet = packets_.front();
  if (gap <= packet.samples && gap % kOpusGranule == 0 && opus_packet_has_fec(packet.bytes)) {
    const int n = v.decoder.decode_fec(packet.bytes,
                                       std::span(v.scratch).first(static_cast<std::size_t>(gap)));
    if (n == gap) {
      v.append(std::span(v.scratch).first(static_cast<std::size_t>(n)), 1, kRamp);
      v.next += n;
      v.concealed_run = 0;
      counters_.recovered.add();
      return;
    }
  }
  const std::int64_t n = std::min(gap, static_cast<std::int64_t>(kConcealStep));
  conceal(static_cast<std::size_t>(n), true);
  v.next += n;
}

void AudioPlayout::conceal(std::size_t samples, bool counted) {
  Voice& v = *voice_;
  const std::size_t whole = (samples + kOpusGranule - 1) / kOpusGranule * kOpusGranule;
  auto out = std::span(v.scratch).first(whole);
  if (v.decoder.conceal(out) <= 0) std::fill(out.begin(), out.end(), 0.0F);
  const bool fading = v.concealed_run >= kFadeFrom;
  v.append(out.first(samples), fading ? 0.0F : 1.0F, fading ? kFade : kRamp);
  v.concealed_run += static_cast<std::int64_t>(samples);
  if (counted) counters_.concealed.add(samples);
}

void AudioPlayout::hold_delay(TimePoint tick) {
  Voice& v = *voice_;
  ++v.ticks_since_stretch;
  const std::int64_t delay = to_samples(tick) - delay_.base() - v.position();
  // Between the two it is left alone.
  const std::int64_t missing = delay_.target(tick) - delay;
  const std::int64_t excess = delay - delay_.target(tick, AudioDelayEstimator::kEase);
  const std::int64_t error = missing > 0 ? -missing : std::max<std::int64_t>(excess, 0);
  if (error > kHopeless || error < -kHopeless) {
    v.fifo.resize(std::min<std::size_t>(v.fifo.size(), kOpusGranule));
    v.go_silent();
    lock_to_time(tick);
    return;
  }
  const bool slow = error > kTooSlow, fast = error < 0;
  if (!slow && !fast) return;
  const bool urgent = error > kFarTooSlow || error < -kFarTooFast;
  if (v.ticks_since_stretch < (urgent ? kStretchPauseUrgent : kStretchPause)) return;
  // Only with packets at hand: stretching what was made up helps nobody.
  while (v.fifo.size() < kStretchWindow && decode_front()) {
  }
  if (v.fifo.size() < kTickSamples) return;
  auto window = std::span<const float>(v.fifo).first(std::min(v.fifo.size(), kStretchWindow));
  // Not past the target: when too much goes the tick does not find its 20 ms.
  const std::int64_t most = slow ? error : kTooSlow - error;
  window = window.first(std::min(window.size(), 2 * static_cast<std::size_t>(most)));
  const PitchPeriod period = find_pitch_period(window);
  // The longer it waits, the less it insists on a good match.
  const float least = urgent ? 0.3F : (v.ticks_since_stretch > 25 ? 0.6F : 0.85F);
  if (period.lag == 0 || (!period.quiet && period.likeness < least)) return;
  if (slow) {
    v.fifo.resize(remove_period(v.fifo, period.lag));
  } else {
    repeat_period(v.fifo, period.lag);
  }
  v.ticks_since_stretch = 0;
  counters_.stretched.add();
}

}  // namespace diemcau::media
