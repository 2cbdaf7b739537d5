#pragma once
// A simulated site's microphone: a Vietnamese sentence spoken by espeak-ng, coded once as Opus.

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/result.hpp"

namespace diemcau::mcu {

struct SpeechLoop {
  struct Packet {
    std::vector<std::uint8_t> payload;  // 20 ms of Opus
    std::uint8_t level = 127;           // RFC 6464, −dBov
  };
  std::vector<Packet> packets;
};

/// Blocking: runs espeak-ng. `voice` changes pitch and accent. Errors: simulate.no_speech.
Result<std::shared_ptr<const SpeechLoop>> make_speech_loop(const std::string& sentence,
                                                           unsigned voice);

}  // namespace diemcau::mcu
