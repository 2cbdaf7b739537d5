#include "recording/mp4/avc.hpp"

#include <algorithm>

#include "recording/mp4/box_writer.hpp"

namespace diemcau::recording::mp4 {
namespace {

enum NalType : std::uint8_t {
  kIdr = 5,
  kSps = 7,
  kPps = 8,
  kDelimiter = 9,
  kEndOfSequence = 10,
  kEndOfStream = 11,
  kFiller = 12,
  kSpsExtension = 13
};

constexpr std::size_t kMaxSets = 31;  // of one kind in an avcC
constexpr std::size_t kMaxSetBytes = 1024;

/// Bits of an RBSP: emulation prevention bytes are skipped (§7.4.1).
class RbspReader {
 public:
  explicit RbspReader(std::span<const std::uint8_t> nal) {
    rbsp_.reserve(nal.size());
    int zeros = 0;
    for (const std::uint8_t b : nal) {
      if (zeros >= 2 && b == 3) {
        zeros = 0;
        continue;
      }
      zeros = b == 0 ? zeros + 1 : 0;
      rbsp_.push_back(b);
    }
  }
  bool ok() const noexcept { return ok_; }
  std::uint32_t bits(unsigned n) {
    std::uint32_t v = 0;
    while (n-- > 0) v = v << 1 | bit();
    return v;
  }
  std::uint32_t bit() {
    if (pos_ >= rbsp_.size() * 8) {
      ok_ = false;
      return 0;
    }
    const std::uint32_t v = rbsp_[pos_ / 8] >> (7 - pos_ % 8) & 1;
    ++pos_;
    return v;
  }
  /// ue(v), at most 31 leading zeros (§9.1).
  std::uint32_t ue() {
    unsigned zeros = 0;
    while (ok_ && bit() == 0) {
      if (++zeros > 31) {
        ok_ = false;
        return 0;
      }
    }
    return (1u << zeros) - 1 + bits(zeros);
  }
  std::int64_t se() {
    const std::int64_t k = ue();
    return k % 2 == 1 ? (k + 1) / 2 : -(k / 2);
  }

 private:
  std::vector<std::uint8_t> rbsp_;
  std::size_t pos_ = 0;
  bool ok_ = true;
};

bool has_chroma_fields(std::uint8_t profile) {
  constexpr std::uint8_t kHigh[] = {100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135};
  return std::ranges::find(kHigh, profile) != std::end(kHigh);
}

void skip_scaling_list(RbspReader& in, int size) {
  std::int64_t last = 8;
  std::int64_t next = 8;
  for (int i = 0; i < size && in.ok(); ++i) {
    if (next != 0) next = (last + in.se() + 256) % 256;
    last = next == 0 ? last : next;
  }
}

void add_set(std::vector<std::vector<std::uint8_t>>& sets, std::span<const std::uint8_t> nal) {
  if (sets.size() >= kMaxSets || nal.size() > kMaxSetBytes) return;
  std::vector<std::uint8_t> set(nal.begin(), nal.end());
  if (std::ranges::find(sets, set) == sets.end()) sets.push_back(std::move(set));
}

}  // namespace

void for_each_nal(std::span<const std::uint8_t> annex_b,
                  const std::function<void(std::span<const std::uint8_t>)>& nal) {
  std::size_t start = annex_b.size();  // of the open NAL unit; size(): none is open
  const auto close = [&](std::size_t end) {
    while (end > start && annex_b[end - 1] == 0) --end;
    if (end > start) nal(annex_b.subspan(start, end - start));
  };
  std::size_t i = 0;
  while (i + 3 <= annex_b.size()) {
    if (annex_b[i + 2] > 1) {
      i += 3;
    } else if (annex_b[i] == 0 && annex_b[i + 1] == 0 && annex_b[i + 2] == 1) {
      close(i);
      i += 3;
      start = i;
    } else {
      ++i;
    }
  }
  close(annex_b.size());
}

std::optional<AvcPicture> parse_sps(std::span<const std::uint8_t> nal) {
  if (nal.size() < 4 || nal.size() > kMaxSetBytes || (nal[0] & 0x1F) != kSps) return std::nullopt;
  RbspReader in(nal.subspan(1));
  AvcPicture picture;
  picture.profile = static_cast<std::uint8_t>(in.bits(8));
  picture.constraints = static_cast<std::uint8_t>(in.bits(8));
  picture.level = static_cast<std::uint8_t>(in.bits(8));
  in.ue();  // seq_parameter_set_id
  bool separate_planes = false;
  if (has_chroma_fields(picture.profile)) {
    const std::uint32_t format = in.ue();
    if (format > 3) return std::nullopt;
    picture.chroma_format = static_cast<std::uint8_t>(format);
    if (format == 3) separate_planes = in.bit() != 0;
    const std::uint32_t luma = in.ue();
    const std::uint32_t chroma = in.ue();
    if (luma > 6 || chroma > 6) return std::nullopt;
    picture.luma_bits = static_cast<std::uint8_t>(8 + luma);
    picture.chroma_bits = static_cast<std::uint8_t>(8 + chroma);
    in.bit();
    if (in.bit() != 0)
      for (int i = 0; i < (format == 3 ? 12 : 8); ++i)
        if (in.bit() != 0) skip_scaling_list(in, i < 6 ? 16 : 64);
  }
  in.ue();  // log2_max_frame_num_minus4
  const std::uint32_t order = in.ue();
  if (order == 0) {
    in.ue();
  } else if (order == 1) {
    in.bit();
    in.se();
    in.se();
    const std::uint32_t cycle = in.ue();
    if (cycle > 255) return std::nullopt;
    for (std::uint32_t i = 0; i < cycle; ++i) in.se();
  }
  in.ue();  // max_num_ref_frames
  in.bit();
  const std::uint64_t columns = std::uint64_t{in.ue()} + 1;
  const std::uint64_t rows = std::uint64_t{in.ue()} + 1;
  const bool frames_only = in.bit() != 0;
  if (!frames_only) in.bit();
  in.bit();
  std::uint64_t crop_x = 0;
  std::uint64_t crop_y = 0;
  if (in.bit() != 0) {
    crop_x = std::uint64_t{in.ue()} + in.ue();
    crop_y = std::uint64_t{in.ue()} + in.ue();
  }
  const std::uint8_t format = separate_planes ? 0 : picture.chroma_format;
  crop_x *= format == 1 || format == 2 ? 2 : 1;
  crop_y *= (format == 1 ? 2 : 1) * (frames_only ? 1 : 2);
  const std::uint64_t width = columns * 16;
  const std::uint64_t height = rows * 16 * (frames_only ? 1 : 2);
  if (!in.ok() || width > 16384 || height > 16384 || crop_x >= width || crop_y >= height)
    return std::nullopt;
  picture.width = static_cast<std::uint16_t>(width - crop_x);
  picture.height = static_cast<std::uint16_t>(height - crop_y);
  return picture;
}

AvcSample to_avc_sample(std::span<const std::uint8_t> annex_b) {
  AvcSample sample;
  sample.data.reserve(annex_b.size() + 16);
  for_each_nal(annex_b, [&](std::span<const std::uint8_t> nal) {
    switch (nal[0] & 0x1F) {
      case kSps:
        add_set(sample.parameters.sps, nal);
        return;
      case kPps:
        add_set(sample.parameters.pps, nal);
        return;
      case kDelimiter:
      case kEndOfSequence:
      case kEndOfStream:
      case kFiller:
      case kSpsExtension:
        return;
      case kIdr:
        sample.idr = true;
        break;
      default:
        break;
    }
    const auto size = static_cast<std::uint32_t>(nal.size());
    for (unsigned shift : {24u, 16u, 8u, 0u})
      sample.data.push_back(static_cast<std::uint8_t>(size >> shift));
    sample.data.insert(sample.data.end(), nal.begin(), nal.end());
  });
  return sample;
}

std::optional<Track> avc_track(std::uint32_t id, const AvcParameters& parameters) {
  if (!parameters.complete()) return std::nullopt;
  const auto picture = parse_sps(parameters.sps.front());
  if (!picture) return std::nullopt;
  BoxWriter out;
  {
    auto avc1 = out.box("avc1");
    out.zeros(6);
    out.u16(1);  // data reference
    out.zeros(16);
    out.u16(picture->width);
    out.u16(picture->height);
    out.u32(0x00480000);  // 72 dpi
    out.u32(0x00480000);
    out.zeros(4);
    out.u16(1);  // frames in a sample
    out.zeros(32);
    out.u16(0x0018);
    out.u16(0xFFFF);
    {
      auto avcc = out.box("avcC");
      out.u8(1);
      out.u8(picture->profile);
      out.u8(picture->constraints);
      out.u8(picture->level);
      out.u8(0xFC | 3);  // lengths of 4 bytes
      out.u8(static_cast<std::uint8_t>(0xE0 | parameters.sps.size()));
      for (const auto& sps : parameters.sps) {
        out.u16(static_cast<std::uint16_t>(sps.size()));
        out.bytes(sps);
      }
      out.u8(static_cast<std::uint8_t>(parameters.pps.size()));
      for (const auto& pps : parameters.pps) {
        out.u16(static_cast<std::uint16_t>(pps.size()));
        out.bytes(pps);
      }
      if (picture->profile == 100 || picture->profile == 110 || picture->profile == 122 ||
          picture->profile == 144) {
        out.u8(static_cast<std::uint8_t>(0xFC | picture->chroma_format));
        out.u8(static_cast<std::uint8_t>(0xF8 | (picture->luma_bits - 8)));
        out.u8(static_cast<std::uint8_t>(0xF8 | (picture->chroma_bits - 8)));
        out.u8(0);
      }
    }
    auto pasp = out.box("pasp");
    out.u32(1);
    out.u32(1);
  }
  return Track{id, true, kMovieTimescale, picture->width, picture->height, out.take()};
}

}  // namespace diemcau::recording::mp4
