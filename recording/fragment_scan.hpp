#pragma once
// Finds fragments in a file that may be torn or damaged. Errors of all calls: disk.*.

#include <cstdint>
#include <optional>
#include <vector>

#include "base/result.hpp"
#include "recording/disk.hpp"
#include "recording/mp4/fragment.hpp"

namespace diemcau::recording {

/// No fragment of ours holds more: what fills the recorder's queue (RecorderOptions::queue_bytes)
/// is more than half a second of any meeting.
inline constexpr std::uint64_t kMaxFragmentBytes = mp4::kMaxMoofBytes + (64u << 20);

struct BoxHeader {
  std::uint32_t type = 0;
  std::uint64_t size = 0;  // of the whole box
};
/// A box header whose box lies wholly before `end`, else nothing.
Result<std::optional<BoxHeader>> box_header_at(DiskFile& file, std::uint64_t at, std::uint64_t end);

/// Up to `n` bytes; fewer when the file is shorter.
Result<std::vector<std::uint8_t>> bytes_at(DiskFile& file, std::uint64_t at, std::size_t n);

struct FoundFragment {
  mp4::Fragment fragment;
  std::vector<std::uint8_t> moof;  // as read
  std::uint64_t at = 0;
  std::uint64_t data_at = 0;
  std::uint64_t end = 0;
};
/// The fragment at `at`; nothing when it is not whole.
Result<std::optional<FoundFragment>> fragment_at(DiskFile& file, std::uint64_t at,
                                                 std::uint64_t end);

Result<bool> checksum_fits(DiskFile& file, const FoundFragment& found);

/// The first whole fragment at or behind `from`, wherever it begins, that fits its checksum and is
/// numbered `least` or higher. Reads everything up to it.
Result<std::optional<FoundFragment>> next_fragment(DiskFile& file, std::uint64_t from,
                                                   std::uint64_t end, std::uint32_t least);

}  // namespace diemcau::recording
