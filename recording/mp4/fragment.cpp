#include "recording/mp4/fragment.hpp"

#include <algorithm>
#include <array>

#include <boost/crc.hpp>

#include "recording/mp4/box_reader.hpp"
#include "recording/mp4/box_writer.hpp"

namespace diemcau::recording::mp4 {
namespace {

// Random, ours (RFC 4122 version 4).
constexpr std::array<std::uint8_t, 16> kCrcUuid = {0x6d, 0x1f, 0x0c, 0x52, 0x8e, 0x3b, 0x4d, 0x07,
                                                   0x9a, 0x41, 0x2c, 0x77, 0xe5, 0x90, 0xd3, 0xb8};
constexpr std::uint32_t kDefaultBaseIsMoof = 0x020000;
constexpr std::uint32_t kRunFlags = 0x000701;  // data offset; each sample's duration, size, flags
constexpr std::uint32_t kSyncSample = 0x02000000;     // depends on no other (§8.8.3.1)
constexpr std::uint32_t kNonSyncSample = 0x01010000;  // depends on others, is no sync sample
constexpr std::size_t kSampleBytes = 12;

using Crc32 = boost::crc_32_type;

}  // namespace

std::vector<std::uint8_t> write_fragment(std::uint32_t sequence, std::span<const TrackRun> runs,
                                         std::span<const std::vector<std::uint8_t>> data) {
  BoxWriter out;
  std::vector<std::size_t> offset_fields;
  std::size_t data_size = 0;
  std::size_t samples = 0;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    data_size += data[i].size();
    samples += runs[i].samples.size();
  }
  out.reserve(256 + samples * kSampleBytes + data_size);
  {
    auto moof = out.box("moof");
    {
      auto mfhd = out.full_box("mfhd", 0, 0);
      out.u32(sequence);
    }
    for (const TrackRun& run : runs) {
      auto traf = out.box("traf");
      {
        auto tfhd = out.full_box("tfhd", 0, kDefaultBaseIsMoof);
        out.u32(run.track_id);
      }
      {
        auto tfdt = out.full_box("tfdt", 1, 0);
        out.u64(run.base_dts);
      }
      auto trun = out.full_box("trun", 0, kRunFlags);
      out.u32(static_cast<std::uint32_t>(run.samples.size()));
      offset_fields.push_back(out.size());
      out.u32(0);
      for (const FragmentSample& sample : run.samples) {
        out.u32(sample.duration);
        out.u32(sample.size);
        out.u32(sample.sync ? kSyncSample : kNonSyncSample);
      }
    }
    auto uuid = out.box("uuid");
    out.bytes(kCrcUuid);
    out.u32(0);
  }
  const auto moof_size = static_cast<std::uint32_t>(out.size());
  std::uint32_t offset = moof_size + kMdatHeaderBytes;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    out.patch_u32(offset_fields[i], offset);
    offset += static_cast<std::uint32_t>(data[i].size());
  }
  {
    auto mdat = out.box("mdat");
    for (const auto& bytes : data) out.bytes(bytes);
  }
  const auto whole = out.view();
  out.patch_u32(moof_size - 4,
                fragment_crc(whole.first(moof_size), whole.subspan(moof_size + kMdatHeaderBytes)));
  return out.take();
}

std::uint32_t fragment_crc(std::span<const std::uint8_t> moof, std::span<const std::uint8_t> data) {
  Crc32 crc;
  if (moof.size() >= 4) crc.process_bytes(moof.data(), moof.size() - 4);
  crc.process_bytes(data.data(), data.size());
  return crc.checksum();
}

namespace {

std::optional<TrackRun> parse_run(std::span<const std::uint8_t> traf, std::uint64_t data_offset) {
  const auto tfhd = find_box(traf, "tfhd");
  const auto tfdt = find_box(traf, "tfdt");
  const auto trun = find_box(traf, "trun");
  if (!tfhd || !tfdt || !trun) return std::nullopt;
  TrackRun run;
  ByteReader head(tfhd->payload);
  const bool shape = head.u32() == kDefaultBaseIsMoof;
  run.track_id = head.u32();
  ByteReader time(tfdt->payload);
  const bool wide = time.u32() >> 24 == 1;
  run.base_dts = time.u64();
  ByteReader in(trun->payload);
  const bool flags = in.u32() == kRunFlags;
  const std::uint32_t count = in.u32();
  const bool placed = in.u32() == data_offset;
  // Times above 2^62 would overflow sums; no meeting lasts a million years.
  if (!shape || !wide || !flags || !placed || !head.ok() || !time.ok() || !in.ok() ||
      run.base_dts >> 62 != 0 || count == 0 || in.left() != std::size_t{count} * kSampleBytes)
    return std::nullopt;
  run.samples.reserve(count);
  for (std::uint32_t i = 0; i < count; ++i) {
    FragmentSample sample;
    sample.duration = in.u32();
    sample.size = in.u32();
    sample.sync = in.u32() == kSyncSample;
    run.samples.push_back(sample);
  }
  return run;
}

}  // namespace

std::optional<Fragment> parse_fragment(std::span<const std::uint8_t> bytes) {
  const auto moof = first_box(bytes);
  if (!moof || moof->type != fourcc("moof") || moof->whole.size() > kMaxMoofBytes)
    return std::nullopt;
  Fragment fragment;
  fragment.moof_size = static_cast<std::uint32_t>(moof->whole.size());
  std::uint64_t data_offset = std::uint64_t{fragment.moof_size} + kMdatHeaderBytes;
  bool numbered = false;
  auto rest = moof->payload;
  while (const auto box = first_box(rest)) {
    rest = rest.subspan(box->whole.size());
    if (box->type == fourcc("mfhd")) {
      ByteReader in(box->payload);
      in.skip(4);
      fragment.sequence = in.u32();
      numbered = in.ok();
    } else if (box->type == fourcc("traf")) {
      auto run = parse_run(box->payload, data_offset);
      if (!run || fragment.runs.size() == 8) return std::nullopt;
      data_offset += run->bytes();
      fragment.runs.push_back(std::move(*run));
    } else if (box->type == fourcc("uuid") && rest.empty()) {
      ByteReader in(box->payload);
      const auto uuid = in.bytes(kCrcUuid.size());
      fragment.crc = in.u32();
      if (!in.ok() || in.left() != 0 || !std::ranges::equal(uuid, kCrcUuid)) return std::nullopt;
      return numbered && !fragment.runs.empty() ? std::optional(std::move(fragment)) : std::nullopt;
    } else {
      return std::nullopt;
    }
  }
  return std::nullopt;
}

}  // namespace diemcau::recording::mp4
