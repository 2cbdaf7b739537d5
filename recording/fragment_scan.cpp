#include "recording/fragment_scan.hpp"

#include <algorithm>
#include <array>

#include "recording/mp4/box_reader.hpp"

namespace diemcau::recording {
namespace {

using mp4::fourcc;

constexpr std::size_t kSearchBytes = 1u << 20;
constexpr std::array<std::uint8_t, 4> kMoof = {'m', 'o', 'o', 'f'};
constexpr std::uint64_t kTypeAt = 4;  // in a box, behind its size

}  // namespace

Result<std::optional<BoxHeader>> box_header_at(DiskFile& file, std::uint64_t at,
                                               std::uint64_t end) {
  std::uint8_t bytes[16] = {};
  const auto n = file.read_at(at, bytes);
  if (!n) return n.error();
  mp4::ByteReader in(std::span<const std::uint8_t>(bytes, *n));
  BoxHeader header;
  header.size = in.u32();
  header.type = in.u32();
  if (header.size == 1) header.size = in.u64();
  if (!in.ok() || header.size < in.position() || at > end || header.size > end - at)
    return std::optional<BoxHeader>{};
  return std::optional(header);
}

Result<std::vector<std::uint8_t>> bytes_at(DiskFile& file, std::uint64_t at, std::size_t n) {
  std::vector<std::uint8_t> bytes(n);
  const auto got = file.read_at(at, bytes);
  if (!got) return got.error();
  bytes.resize(*got);
  return bytes;
}

Result<std::optional<FoundFragment>> fragment_at(DiskFile& file, std::uint64_t at,
                                                 std::uint64_t end) {
  using Found = std::optional<FoundFragment>;
  if (at >= end) return Found{};
  // One read for the usual fragment: its moof is below 2 KB.
  auto head = bytes_at(file, at, 4096);
  if (!head) return head.error();
  mp4::ByteReader in(*head);
  const std::uint32_t size = in.u32();
  if (in.u32() != fourcc("moof") || !in.ok() || size < 16 || size > mp4::kMaxMoofBytes ||
      size > end - at)
    return Found{};
  if (head->size() < std::size_t{size} + mp4::kMdatHeaderBytes) {
    head = bytes_at(file, at, std::size_t{size} + mp4::kMdatHeaderBytes);
    if (!head) return head.error();
    if (head->size() < std::size_t{size} + mp4::kMdatHeaderBytes) return Found{};
  }
  FoundFragment found;
  found.moof.assign(head->begin(), head->begin() + size);
  auto fragment = mp4::parse_fragment(found.moof);
  mp4::ByteReader mdat(std::span<const std::uint8_t>(*head).subspan(size, mp4::kMdatHeaderBytes));
  const std::uint64_t mdat_size = mdat.u32();
  found.at = at;
  found.data_at = at + size + mp4::kMdatHeaderBytes;
  if (!fragment || mdat.u32() != fourcc("mdat") ||
      mdat_size != fragment->data_bytes() + mp4::kMdatHeaderBytes || mdat_size > end - at - size)
    return Found{};
  found.fragment = std::move(*fragment);
  found.end = at + size + mdat_size;
  return Found(std::move(found));
}

Result<bool> checksum_fits(DiskFile& file, const FoundFragment& found) {
  const auto data = bytes_at(file, found.data_at, found.end - found.data_at);
  if (!data) return data.error();
  return mp4::fragment_crc(found.moof, *data) == found.fragment.crc;
}

Result<std::optional<FoundFragment>> next_fragment(DiskFile& file, std::uint64_t from,
                                                   std::uint64_t end, std::uint32_t least) {
  using Found = std::optional<FoundFragment>;
  std::vector<std::uint8_t> window(kSearchBytes);
  for (std::uint64_t at = from; at < end;) {
    const auto got = file.read_at(at, window);
    if (!got) return got.error();
    const auto read = std::span(window).first(*got);
    for (auto hit = read.begin();; ++hit) {
      hit = std::search(hit, read.end(), kMoof.begin(), kMoof.end());
      if (hit == read.end()) break;
      const std::uint64_t type_at = at + static_cast<std::uint64_t>(hit - read.begin());
      if (type_at < from + kTypeAt) continue;
      auto found = fragment_at(file, type_at - kTypeAt, end);
      if (!found) return found.error();
      if (!*found || (*found)->fragment.sequence < least ||
          (*found)->end - (*found)->at > kMaxFragmentBytes)
        continue;
      const auto fits = checksum_fits(file, **found);
      if (!fits) return fits.error();
      if (*fits) return found;
    }
    if (*got < window.size()) return Found{};
    at += *got - (kMoof.size() - 1);  // a type may lie across two reads
  }
  return Found{};
}

}  // namespace diemcau::recording
