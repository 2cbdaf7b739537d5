#pragma once
// The first bytes of every file we write:
//
//   0   ftyp   32 bytes
//   32  free   16 bytes while recording  →  header of one mdat up to the final moov
//   48  moov   for the fragments that follow
//
// The placeholder is patched in two steps, each readable if it stops at any byte: first its last
// eight bytes (still inside `free`), then its first eight.

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "recording/mp4/box_reader.hpp"
#include "recording/mp4/box_writer.hpp"

namespace diemcau::recording::mp4 {

inline constexpr std::uint64_t kPlaceholderAt = 32;
inline constexpr std::uint64_t kMovieAt = 48;

inline std::vector<std::uint8_t> front() {
  BoxWriter out;
  {
    auto ftyp = out.box("ftyp");
    out.text("isom");
    out.u32(0x200);
    for (const char* brand : {"isom", "iso6", "avc1", "mp41"}) out.text(brand);
  }
  {
    auto placeholder = out.box("free");
    out.zeros(8);
  }
  return out.take();
}

inline bool is_our_front(std::span<const std::uint8_t> head) {
  const auto ours = front();
  return head.size() >= kMovieAt &&
         std::equal(ours.begin(), ours.begin() + kPlaceholderAt, head.begin());
}

/// Where the final moov stands according to the patched header; nothing when it is not patched.
inline std::optional<std::uint64_t> final_movie_at(std::span<const std::uint8_t> head) {
  if (!is_our_front(head)) return std::nullopt;
  ByteReader in(head.subspan(kPlaceholderAt));
  const bool wide = in.u32() == 1;
  const bool mdat = in.u32() == fourcc("mdat");
  const std::uint64_t size = in.u64();
  if (!wide || !mdat || !in.ok() || size < 16 || size >> 62 != 0) return std::nullopt;
  return kPlaceholderAt + size;
}

/// The two patches, in order; both at most 8 bytes, the second at kPlaceholderAt.
inline std::vector<std::uint8_t> placeholder_size(std::uint64_t movie_at) {
  BoxWriter out;
  out.u64(movie_at - kPlaceholderAt);
  return out.take();
}
inline std::vector<std::uint8_t> placeholder_type() {
  BoxWriter out;
  out.u32(1);  // size follows in 64 bits (§4.2)
  out.text("mdat");
  return out.take();
}

}  // namespace diemcau::recording::mp4
