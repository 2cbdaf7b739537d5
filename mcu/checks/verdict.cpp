#include "mcu/checks/verdict.hpp"

#include <algorithm>

namespace diemcau::mcu {

namespace {

// kbit/s. Up: the camera in 720p and the sound; in 360p. Down: the stage in 720p, a second picture
// and the sound; the stage in 360p.
constexpr double kUpWell = 1'200, kUpLeast = 300;
constexpr double kDownWell = 1'800, kDownLeast = 350;
// Per cent: repairs hide less; beyond, pictures stand still.
constexpr double kLossSome = 2, kLossHeavy = 10;
// ms. ITU-T G.114: 150 one way goes unnoticed, 400 is too long; a round trip is two of them.
constexpr double kTripNoticed = 300, kTripLong = 800;
constexpr double kJitterSome = 50, kJitterHeavy = 150;
// Of a picture, 0…255: a lens cap leaves a little noise, a dark hall some lamps.
constexpr double kBlack = 24, kBlackContrast = 12, kDark = 48, kStill = 0.75;
constexpr double kSlowCamera = 10;  // pictures/s
constexpr int kSmallCamera = 640;
// dBFS after the browser's gain control, which brings speech to about −25.
constexpr double kSilent = -60, kTooQuiet = -50, kQuiet = -40;
constexpr double kClippedSome = 0.1, kClippedMuch = 1;  // per cent of the samples
// Below this nothing of the signal is in the microphone; what is 40 dB down disturbs nobody.
constexpr double kAlike = 0.05, kEchoHeard = -40, kEchoLoud = -26;

Finding find(std::string_view item, Verdict verdict, std::string_view what = {}) {
  Finding out{item, verdict, {}};
  if (!what.empty()) out.code = std::string(item) + "." + std::string(what);
  return out;
}

/// More is better.
Finding rate(std::string_view item, const std::optional<double>& value, double well, double least) {
  if (!value) return find(item, Verdict::unknown);
  if (*value < least) return find(item, Verdict::bad, "too_slow");
  return *value < well ? find(item, Verdict::warn, "slow") : find(item, Verdict::ok);
}

Finding connection(const CheckFigures& f) {
  if (!f.connected) return find("connection", Verdict::bad, "blocked");
  return f.transport == "tcp" ? find("connection", Verdict::warn, "tcp")
                              : find("connection", Verdict::ok);
}

Finding loss(const CheckFigures& f) {
  if (!f.loss_up && !f.loss_down) return find("loss", Verdict::unknown);
  const double most = std::max(f.loss_up.value_or(0), f.loss_down.value_or(0));
  if (most >= kLossHeavy) return find("loss", Verdict::bad, "heavy");
  return most >= kLossSome ? find("loss", Verdict::warn, "some") : find("loss", Verdict::ok);
}

Finding delay(const CheckFigures& f) {
  if (!f.round_trip) return find("delay", Verdict::unknown);
  const double jitter = f.jitter.value_or(0);
  if (*f.round_trip >= kTripLong || jitter >= kJitterHeavy)
    return find("delay", Verdict::bad, "too_long");
  return *f.round_trip >= kTripNoticed || jitter >= kJitterSome
             ? find("delay", Verdict::warn, "long")
             : find("delay", Verdict::ok);
}

Finding camera(const CheckFigures::Camera& c) {
  if (c.state == "off") return find("camera", Verdict::warn, "off");
  if (c.state != "live") return find("camera", Verdict::bad, c.state);
  if (!c.brightness || !c.contrast || !c.motion) return find("camera", Verdict::unknown);
  if (*c.brightness < kBlack && *c.contrast < kBlackContrast)
    return find("camera", Verdict::bad, "black");
  if (*c.motion < kStill) return find("camera", Verdict::bad, "frozen");
  if (*c.brightness < kDark) return find("camera", Verdict::warn, "dark");
  if (c.fps < kSlowCamera) return find("camera", Verdict::warn, "slow");
  // A phone held upright is small in one direction alone.
  return std::max(c.width, c.height) < kSmallCamera ? find("camera", Verdict::warn, "small")
                                                    : find("camera", Verdict::ok);
}

Finding microphone(const CheckFigures::Microphone& m) {
  if (m.state != "live") return find("microphone", Verdict::bad, m.state);
  if (!m.peak || !m.speech) return find("microphone", Verdict::unknown);
  if (*m.peak < kSilent) return find("microphone", Verdict::bad, "silent");
  const double clipped = m.clipped.value_or(0);
  if (clipped >= kClippedMuch) return find("microphone", Verdict::bad, "clipping");
  if (clipped >= kClippedSome) return find("microphone", Verdict::warn, "loud");
  if (*m.speech < kTooQuiet) return find("microphone", Verdict::bad, "too_quiet");
  return *m.speech < kQuiet ? find("microphone", Verdict::warn, "quiet")
                            : find("microphone", Verdict::ok);
}

Finding speaker(const CheckFigures& f) {
  if (f.speaker == "heard") return find("speaker", Verdict::ok);
  return f.speaker == "unheard" ? find("speaker", Verdict::bad, "unheard")
                                : find("speaker", Verdict::unknown);
}

Finding echo(const CheckFigures::Echo& e) {
  if (!e.measured) return find("echo", Verdict::unknown);
  if (e.likeness < kAlike || e.level < kEchoHeard) return find("echo", Verdict::ok);
  return e.level >= kEchoLoud ? find("echo", Verdict::bad, "loud")
                              : find("echo", Verdict::warn, "some");
}

}  // namespace

std::string_view name_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::unknown:
      return "unknown";
    case Verdict::ok:
      return "ok";
    case Verdict::warn:
      return "warn";
    case Verdict::bad:
      return "bad";
  }
  return "unknown";
}

std::vector<Finding> judge(const CheckFigures& f) {
  return {connection(f),
          rate("up", f.up, kUpWell, kUpLeast),
          rate("down", f.down, kDownWell, kDownLeast),
          loss(f),
          delay(f),
          camera(f.camera),
          microphone(f.microphone),
          speaker(f),
          echo(f.echo)};
}

Verdict worst(const std::vector<Finding>& findings) {
  Verdict out = Verdict::unknown;
  for (const Finding& finding : findings) out = std::max(out, finding.verdict);
  return out;
}

}  // namespace diemcau::mcu
