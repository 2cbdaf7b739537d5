#include "mcu/app/simulate/speech_loop.hpp"

#include <array>
#include <cmath>
#include <cstring>
#include <span>

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "media/mix/audio_format.hpp"
#include "media/mix/opus_codec.hpp"

extern char** environ;

namespace diemcau::mcu {
namespace {

constexpr std::size_t kMostWav = 16u << 20;

Error no_speech(const std::string& why) {
  return make_error(Errc::unavailable, "simulate.no_speech",
                    "espeak-ng gave no speech (" + why + "); install the package espeak-ng");
}

/// What the program writes to standard output. No shell: the sentence is one argument.
Result<std::string> run(std::vector<std::string> words) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return no_speech("no pipe");
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  std::vector<char*> argv;
  for (auto& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  pid_t child = 0;
  const int failed = posix_spawnp(&child, argv[0], &actions, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  close(ends[1]);
  if (failed != 0) {
    close(ends[0]);
    return no_speech(std::strerror(failed));
  }
  std::string out;
  char buffer[65536];
  for (ssize_t got; (got = read(ends[0], buffer, sizeof buffer)) > 0 && out.size() < kMostWav;)
    out.append(buffer, static_cast<std::size_t>(got));
  close(ends[0]);
  int status = 0;
  waitpid(child, &status, 0);
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) return no_speech("it failed");
  return out;
}

/// 16-bit mono PCM of a WAV as espeak-ng streams it (its sizes are not filled in).
struct Wav {
  std::uint32_t rate = 0;
  std::vector<std::int16_t> samples;
};
Result<Wav> parse_wav(const std::string& bytes) {
  const auto data = bytes.find("data");
  if (bytes.size() < 44 || !bytes.starts_with("RIFF") || data == std::string::npos ||
      data + 8 > bytes.size())
    return no_speech("not a WAV");
  Wav wav;
  std::memcpy(&wav.rate, bytes.data() + 24, 4);
  if (wav.rate < 8000 || wav.rate > 48'000) return no_speech("odd sample rate");
  wav.samples.resize((bytes.size() - data - 8) / 2);
  std::memcpy(wav.samples.data(), bytes.data() + data + 8, wav.samples.size() * 2);
  return wav;
}

/// Linear interpolation is enough for a voice that is a robot's to begin with.
std::vector<float> resample(const Wav& wav) {
  const double step = static_cast<double>(wav.rate) / media::kAudioRate;
  std::vector<float> out;
  for (double at = 0; at + 1 < static_cast<double>(wav.samples.size()); at += step) {
    const auto i = static_cast<std::size_t>(at);
    const float part = static_cast<float>(at - static_cast<double>(i));
    out.push_back((static_cast<float>(wav.samples[i]) * (1 - part) +
                   static_cast<float>(wav.samples[i + 1]) * part) /
                  32768.0F);
  }
  return out;
}

}  // namespace

Result<std::shared_ptr<const SpeechLoop>> make_speech_loop(const std::string& sentence,
                                                           unsigned voice) {
  static constexpr std::array<const char*, 3> kAccents{"vi", "vi-vn-x-central", "vi-vn-x-south"};
  auto bytes = run({"espeak-ng", "-v", kAccents[voice % kAccents.size()], "-s", "155", "-p",
                    std::to_string(25 + voice * 17 % 50), "--stdout", "--", sentence});
  if (!bytes) return bytes.error();
  auto wav = parse_wav(*bytes);
  if (!wav) return wav.error();
  auto samples = resample(*wav);
  samples.resize((samples.size() / media::kTickSamples + 1) * media::kTickSamples);

  auto encoder = media::OpusVoiceEncoder::create({24'000, 5, 5});
  if (!encoder) return encoder.error();
  auto loop = std::make_shared<SpeechLoop>();
  std::array<std::uint8_t, 1275> packet{};
  for (std::size_t at = 0; at < samples.size(); at += media::kTickSamples) {
    const std::span<const float> block(samples.data() + at, media::kTickSamples);
    const auto size = encoder->encode(block, packet);
    if (size == 0) return no_speech("Opus refused it");
    loop->packets.push_back({{packet.begin(), packet.begin() + static_cast<std::ptrdiff_t>(size)},
                             media::level_field(media::level_dbov(block))});
  }
  return std::shared_ptr<const SpeechLoop>(std::move(loop));
}

}  // namespace diemcau::mcu
