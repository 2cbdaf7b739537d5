#include "media/codec/h264_bitstream.hpp"

#include <algorithm>
#include <array>

#include "media/codec/bit_reader.hpp"
#include "media/codec/h264_payload.hpp"

namespace diemcau::media {

namespace {

constexpr std::size_t kMaxSpsBytes = 512;  // with 12 full scaling lists under 400

struct Rbsp {
  std::array<std::uint8_t, kMaxSpsBytes> bytes;
  std::size_t size = 0;
};

/// §7.4.1: drops emulation_prevention_three_byte.
bool unescape(std::span<const std::uint8_t> nal, Rbsp& out) noexcept {
  unsigned zeros = 0;
  for (const std::uint8_t byte : nal) {
    if (zeros >= 2 && byte == 3) {
      zeros = 0;
      continue;
    }
    zeros = byte == 0 ? zeros + 1 : 0;
    if (out.size == out.bytes.size()) return false;
    out.bytes[out.size++] = byte;
  }
  return true;
}

/// §7.3.2.1.1.1
void skip_scaling_list(BitReader& in, int size) noexcept {
  std::int64_t last = 8, next = 8;
  for (int i = 0; i < size && !in.failed(); ++i) {
    if (next != 0) next = ((last + in.se() + 256) % 256 + 256) % 256;
    last = next == 0 ? last : next;
  }
}

bool has_chroma_format(std::uint8_t profile) noexcept {
  constexpr std::array<std::uint8_t, 13> kHigh{100, 110, 122, 244, 44,  83, 86,
                                               118, 128, 138, 139, 134, 135};
  return std::find(kHigh.begin(), kHigh.end(), profile) != kHigh.end();
}

/// The next NAL unit behind a start code (Annex B §B.1), from `at`; empty at the end.
std::span<const std::uint8_t> next_nal(std::span<const std::uint8_t> bytes,
                                       std::size_t& at) noexcept {
  const auto start_code = [&](std::size_t i) {
    return i + 2 < bytes.size() && bytes[i] == 0 && bytes[i + 1] == 0 && bytes[i + 2] == 1;
  };
  while (at < bytes.size() && !start_code(at)) ++at;
  if (at >= bytes.size()) return {};
  const std::size_t begin = at + 3;
  std::size_t end = begin;
  while (end < bytes.size() && !start_code(end)) ++end;
  at = end;
  return bytes.subspan(begin, end - begin);
}

}  // namespace

std::optional<H264Sps> parse_h264_sps(std::span<const std::uint8_t> nal) {
  Rbsp rbsp;
  if (nal.size() < 5 || (nal[0] & 0x1f) != h264::kSps || !unescape(nal.subspan(1), rbsp))
    return std::nullopt;
  BitReader in(std::span(rbsp.bytes).first(rbsp.size));
  H264Sps sps;
  sps.profile = static_cast<std::uint8_t>(in.bits(8));
  sps.constraints = static_cast<std::uint8_t>(in.bits(8));
  sps.level = static_cast<std::uint8_t>(in.bits(8));
  sps.id = in.ue();
  if (sps.id > 31) return std::nullopt;
  std::uint32_t chroma = 1;
  bool separate_planes = false;
  if (has_chroma_format(sps.profile)) {
    chroma = in.ue();
    if (chroma > 3) return std::nullopt;
    if (chroma == 3) separate_planes = in.flag();
    if (in.ue() > 6 || in.ue() > 6) return std::nullopt;  // bit depths − 8
    in.flag();                                            // qpprime_y_zero_transform_bypass
    if (in.flag())
      for (int i = 0, lists = chroma == 3 ? 12 : 8; i < lists && !in.failed(); ++i)
        if (in.flag()) skip_scaling_list(in, i < 6 ? 16 : 64);
  }
  if (in.ue() > 12) return std::nullopt;  // log2_max_frame_num − 4
  const std::uint32_t order_type = in.ue();
  if (order_type == 0) {
    if (in.ue() > 12) return std::nullopt;  // log2_max_pic_order_cnt_lsb − 4
  } else if (order_type == 1) {
    in.flag();
    in.se();
    in.se();
    const std::uint32_t cycle = in.ue();
    if (cycle > 255) return std::nullopt;
    for (std::uint32_t i = 0; i < cycle && !in.failed(); ++i) in.se();
  } else if (order_type != 2) {
    return std::nullopt;
  }
  if (in.ue() > 16) return std::nullopt;  // max_num_ref_frames
  in.flag();                              // gaps_in_frame_num_value_allowed
  const std::uint64_t width_mbs = std::uint64_t{in.ue()} + 1;
  const std::uint64_t map_units = std::uint64_t{in.ue()} + 1;
  const bool frame_mbs_only = in.flag();
  if (!frame_mbs_only) in.flag();  // mb_adaptive_frame_field
  in.flag();                       // direct_8x8_inference
  std::uint64_t left = 0, right = 0, top = 0, bottom = 0;
  if (in.flag()) {
    left = in.ue();
    right = in.ue();
    top = in.ue();
    bottom = in.ue();
  }
  if (in.failed()) return std::nullopt;
  // Annex A: no level allows more than 139 264 macroblocks, √(8×) of that in one direction.
  const std::uint64_t height_mbs = map_units * (frame_mbs_only ? 1 : 2);
  if (width_mbs > 1055 || height_mbs > 1055) return std::nullopt;
  // §7.4.2.1.1, tables 6-1 and 7-19ff.: crop units in luma samples.
  const std::uint64_t array_type = separate_planes ? 0 : chroma;
  const std::uint64_t unit_x = array_type == 1 || array_type == 2 ? 2 : 1;
  const std::uint64_t unit_y = (array_type == 1 ? 2 : 1) * (frame_mbs_only ? 1u : 2u);
  const std::uint64_t width = width_mbs * 16, height = height_mbs * 16;
  const std::uint64_t crop_x = (left + right) * unit_x, crop_y = (top + bottom) * unit_y;
  if (crop_x >= width || crop_y >= height) return std::nullopt;
  sps.coded_width = static_cast<int>(width);
  sps.coded_height = static_cast<int>(height);
  sps.width = static_cast<int>(width - crop_x);
  sps.height = static_cast<int>(height - crop_y);
  return sps;
}

Result<FrameHeader> inspect_h264_access_unit(std::span<const std::uint8_t> annexb) {
  FrameHeader header;
  std::size_t at = 0;
  bool any = false;
  for (;;) {
    const auto nal = next_nal(annexb, at);
    if (nal.empty()) {
      if (at >= annexb.size()) break;
      continue;  // two start codes in a row
    }
    any = true;
    if ((nal[0] & 0x80) != 0)
      return make_error(Errc::invalid_argument, "h264.forbidden_bit", "forbidden_zero_bit is set");
    const std::uint8_t type = nal[0] & 0x1f;
    if (type == h264::kIdr) header.key = true;
    if (type != h264::kSps) continue;
    const auto sps = parse_h264_sps(nal);
    if (!sps)
      return make_error(Errc::invalid_argument, "h264.bad_sps",
                        "a sequence parameter set does not parse");
    header.width = std::max(header.width, sps->coded_width);
    header.height = std::max(header.height, sps->coded_height);
  }
  if (!any)
    return make_error(Errc::invalid_argument, annexb.empty() ? "h264.empty" : "h264.no_start_code",
                      "no NAL unit found");
  return header;
}

}  // namespace diemcau::media
