#pragma once
// The signal that a room plays to find out whether it hears itself: sweeps over the band of speech
// with pauses between, three seconds, coded once.

#include <memory>
#include <vector>

#include "media/tape/tape_deck.hpp"

namespace diemcau::mcu {

/// 48 kHz mono in [-1, 1]. Sweeps of equal length and rising pitch: their autocorrelation has one
/// narrow peak, which survives a loudspeaker, a hall and a microphone.
std::vector<float> test_tone_samples();

/// Empty, with a line in the log, when the encoder cannot start.
std::shared_ptr<const media::Tone> make_test_tone();

}  // namespace diemcau::mcu
