#pragma once
// Sounds and pictures that can be recognised again at the other end: tones by frequency, a flash
// with a beep by its moment.

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace diemcau::test {

/// A sine, continuous over calls.
class ToneGenerator {
 public:
  /// amplitude: peak, 0 … 1.
  explicit ToneGenerator(double frequency, double amplitude = 0.5, int sample_rate = 48'000)
      : frequency_(frequency), amplitude_(amplitude), rate_(sample_rate) {}
  void fill(std::span<float> out);
  std::vector<float> take(std::size_t samples);

 private:
  double frequency_, amplitude_;
  int rate_;
  std::int64_t position_ = 0;
};

/// Level of one frequency in dB relative to a sine of full scale (amplitude 1), by Goertzel's
/// algorithm under a Hann window; −200 when there is nothing. Resolution: about 2 × rate / samples.
double tone_level_db(std::span<const float> samples, double frequency, int sample_rate = 48'000);

/// Root mean square in dB relative to that of a sine of full scale.
double level_db(std::span<const float> samples);

/// Largest step between neighbouring samples: a click is a step no tone of that level could make.
float largest_step(std::span<const float> samples);

/// The loudest of `candidates`, or nothing when none is above `floor_db`.
std::optional<double> loudest_tone(std::span<const float> samples,
                                   std::span<const double> candidates, double floor_db = -40,
                                   int sample_rate = 48'000);

/// Where `pattern` lies in `samples`: the shift with the highest cross-correlation, or nothing
/// when even that is below half of a perfect match.
std::optional<std::size_t> find_pattern(std::span<const float> samples,
                                        std::span<const float> pattern);

std::vector<float> to_float(std::span<const std::int16_t> pcm);
std::vector<std::int16_t> to_int16(std::span<const float> pcm);

/// A clapperboard: once per period the picture is white and a tone sounds, both for `length`.
/// Times are seconds since the start of the source.
struct FlashAndBeep {
  double period = 1.0;
  double length = 0.1;
  double frequency = 1000;
  double amplitude = 0.5;
  int sample_rate = 48'000;

  bool on(double seconds) const;
  std::uint8_t luma(double seconds) const { return on(seconds) ? 235 : 16; }
  /// Sound from sample `first` on.
  std::vector<float> sound(std::int64_t first, std::size_t samples) const;
  /// Moments (seconds from the first sample) at which a beep begins in received sound.
  std::vector<double> beeps(std::span<const float> samples) const;
  /// Moments at which a flash begins, from the mean luma of frames and their times.
  struct Frame {
    double seconds;
    double mean_luma;
  };
  std::vector<double> flashes(std::span<const Frame> frames) const;
};

}  // namespace diemcau::test
