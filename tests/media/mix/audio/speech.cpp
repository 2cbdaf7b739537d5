#include "tests/media/mix/audio/speech.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstring>

#include <ebur128.h>

namespace diemcau::media::test {

namespace {
constexpr std::size_t kHalfMinute = 30 * 48'000;

constexpr std::array<const char*, 10> kSentences{
    "Kính thưa chủ tọa, kính thưa các đồng chí ở các điểm cầu, tôi xin báo cáo tình hình thu ngân "
    "sách chín tháng đầu năm của huyện.",
    "Về công tác phòng chống bão, toàn xã đã chằng chống bốn trăm hai mươi ngôi nhà và di dời sáu "
    "mươi hộ dân ra khỏi vùng trũng.",
    "Đề nghị sở giao thông sớm sửa đoạn đường liên xã, vì xe chở nông sản không qua được từ tháng "
    "trước đến nay.",
    "Chúng tôi đã nhận được tài liệu, nhưng biểu số ba còn thiếu số liệu của hai thôn, xin gửi lại "
    "trước mười giờ.",
    "Dạ, điểm cầu nghe rõ. Hội trường có mười hai đại biểu, vắng một đồng chí có lý do.",
    "Tiến độ cấp giấy chứng nhận quyền sử dụng đất đạt chín mươi hai phần trăm kế hoạch, còn lại "
    "là "
    "các trường hợp tranh chấp.",
    "Năm học mới đã bắt đầu, ba trường tiểu học thiếu giáo viên tiếng Anh và phòng máy tính.",
    "Tôi nhất trí với ý kiến của thường trực, và bổ sung thêm một giải pháp về nước sạch nông "
    "thôn.",
    "Dịch tả lợn đã được khống chế, hai mươi ba ngày qua không phát sinh ổ dịch mới trên địa bàn.",
    "Xin phép hội nghị, tôi trình chiếu bản đồ quy hoạch và giải thích từng khu vực một."};

std::vector<std::uint8_t> output_of(const std::string& command) {
  std::vector<std::uint8_t> out;
  FILE* pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) return out;
  std::array<std::uint8_t, 65'536> part;
  for (std::size_t n; (n = fread(part.data(), 1, part.size(), pipe)) > 0;)
    out.insert(out.end(), part.begin(), part.begin() + static_cast<std::ptrdiff_t>(n));
  if (pclose(pipe) != 0) out.clear();
  return out;
}
}  // namespace

std::vector<float> spoken(const std::string& sentence, unsigned voice) {
  static constexpr std::array<const char*, 3> kAccents{"vi", "vi-vn-x-central", "vi-vn-x-south"};
  const auto wav =
      output_of("espeak-ng -v " + std::string(kAccents[voice % 3]) + " -s " +
                std::to_string(140 + voice * 7 % 40) + " -p " +
                std::to_string(20 + voice * 13 % 60) + " --stdout '" + sentence + "' 2>/dev/null");
  constexpr std::size_t kHeader = 44;
  if (wav.size() <= kHeader) return {};
  std::uint32_t rate = 0;
  std::memcpy(&rate, wav.data() + 24, sizeof rate);
  const auto at = [&](std::size_t i) {
    std::int16_t s = 0;
    std::memcpy(&s, wav.data() + kHeader + 2 * i, sizeof s);
    return static_cast<float>(s) / 32'768.0F;
  };
  const std::size_t n = (wav.size() - kHeader) / 2;
  std::vector<float> out;
  const double step = rate / 48'000.0;
  for (double x = 0; x + 1 < static_cast<double>(n); x += step) {
    const auto i = static_cast<std::size_t>(x);
    const float part = static_cast<float>(x - static_cast<double>(i));
    out.push_back(at(i) * (1 - part) + at(i + 1) * part);
  }
  return out;
}

std::vector<float> speaker(unsigned voice) {
  std::vector<float> out;
  for (unsigned i = 0; out.size() < kHalfMinute; ++i) {
    const auto one = spoken(kSentences[(voice * 3 + i) % kSentences.size()], voice);
    if (one.empty()) return {};
    out.insert(out.end(), one.begin(), one.end());
  }
  return out;
}

double loudness(std::span<const float> samples) {
  auto* state = ebur128_init(1, 48'000, EBUR128_MODE_I);
  ebur128_set_channel(state, 0, EBUR128_CENTER);
  ebur128_add_frames_float(state, samples.data(), samples.size());
  double lufs = -HUGE_VAL;
  ebur128_loudness_global(state, &lufs);
  ebur128_destroy(&state);
  return lufs;
}

Sound at_loudness(std::vector<float> samples, double lufs) {
  auto out = std::make_shared<std::vector<float>>(samples);
  double gain = 1;
  for (int i = 0; i < 8; ++i) {
    gain *= std::pow(10.0, (lufs - loudness(*out)) / 20);
    for (std::size_t s = 0; s < samples.size(); ++s)
      (*out)[s] = std::clamp(static_cast<float>(samples[s] * gain), -1.0F, 1.0F);
  }
  return out;
}

}  // namespace diemcau::media::test
