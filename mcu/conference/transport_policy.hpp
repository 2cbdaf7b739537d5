#pragma once
// Which transport thread carries a new session. Pure.

#include <cstddef>
#include <span>

namespace diemcau::mcu {

/// A thread that carries so many sessions of 720p has spent about 0.4 core.
inline constexpr std::size_t kFullTransport = 400;

/// `sessions`: of each thread now; not empty. The first `first` of them share evenly. The others
/// are a reserve, used when each of those is full: a chunk for two threads crosses twice, and what
/// each of them keeps in its cache it keeps alone.
std::size_t choose_transport(std::span<const std::size_t> sessions, std::size_t first) noexcept;

}  // namespace diemcau::mcu
