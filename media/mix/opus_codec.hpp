#pragma once
// The one seam to libopus (RFC 6716, RFC 7587): 48 kHz, mono, float. Each object belongs to one
// thread at a time. docs/decisions/0006-opus-directly.md says why not GStreamer here.

#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include "base/result.hpp"

struct OpusDecoder;
struct OpusEncoder;

namespace diemcau::media {

/// Samples at 48 kHz in a packet (120 … 5 760), or nothing when RFC 6716 §3.4 forbids it.
std::optional<int> opus_packet_samples(std::span<const std::uint8_t> packet) noexcept;

/// True when the packet carries low-bitrate redundancy of the one before it (LBRR, RFC 6716
/// §4.2.4). `packet` must have passed opus_packet_samples.
bool opus_packet_has_fec(std::span<const std::uint8_t> packet) noexcept;

/// At most a header: discontinuous transmission (RFC 7587 §3.1.3).
constexpr bool opus_packet_is_dtx(std::span<const std::uint8_t> packet) {
  return packet.size() <= 2;
}

class OpusVoiceDecoder {
 public:
  static Result<OpusVoiceDecoder> create();

  /// All return the samples written, or 0 when the packet is broken or `out` is too short.
  int decode(std::span<const std::uint8_t> packet, std::span<float> out) noexcept;
  /// The lost out.size() samples just before `next`, from its redundancy. Multiple of 120.
  int decode_fec(std::span<const std::uint8_t> next, std::span<float> out) noexcept;
  /// Conceals out.size() samples; multiple of 120.
  int conceal(std::span<float> out) noexcept;
  void reset() noexcept;

 private:
  struct Free {
    void operator()(::OpusDecoder* d) const noexcept;
  };
  explicit OpusVoiceDecoder(::OpusDecoder* d) : decoder_(d) {}
  std::unique_ptr<::OpusDecoder, Free> decoder_;
};

struct OpusEncoderOptions {
  int bitrate = 32'000;    // bit/s
  int complexity = 5;      // 0 … 10
  int expected_loss = 10;  // per cent: how much is spent on in-band redundancy
};

class OpusVoiceEncoder {
 public:
  static Result<OpusVoiceEncoder> create(const OpusEncoderOptions& options);

  /// A block of 960 samples (20 ms) or 2 880 (60 ms); returns bytes written, 0 on failure.
  std::size_t encode(std::span<const float> samples, std::span<std::uint8_t> out) noexcept;
  /// While on, packets lean as little as possible on those before: for a receiver that was just
  /// switched here from another encoder.
  void set_independent(bool on) noexcept;

 private:
  struct Free {
    void operator()(::OpusEncoder* e) const noexcept;
  };
  explicit OpusVoiceEncoder(::OpusEncoder* e) : encoder_(e) {}
  std::unique_ptr<::OpusEncoder, Free> encoder_;
};

}  // namespace diemcau::media
