#pragma once
// What comes through to a receiver, by its reports: bytes between the newest packets two of them
// name, over the time between the two. While a line is the narrowest place on the way that is the
// line's own rate, which REMB tells late and sometimes far too low. Lives on the session's loop.

#include <array>
#include <cstdint>
#include <optional>

#include "base/clock.hpp"

namespace diemcau::media {

class DeliveryMeter {
 public:
  struct Delivery {
    double rate = 0;                      // bit/s
    std::optional<double> fraction_lost;  // 0…1; nothing: of too few packets to say
  };

  /// The newest packet sent and all bytes sent by then; every tick.
  void on_sent(std::int64_t newest_index, std::uint64_t bytes, TimePoint now) noexcept;
  /// A report block (RFC 3550 §6.4.1): the low 16 bits of the highest sequence number received,
  /// and the share of the packets since the block before that did not come. Nothing: there is no
  /// earlier one to compare with, or what it names is not remembered.
  std::optional<Delivery> on_report(std::uint16_t highest, double fraction_lost,
                                    TimePoint now) noexcept;

 private:
  struct Mark {
    std::int64_t index = 0;
    std::uint64_t bytes = 0;
  };
  static constexpr std::size_t kMarks = 96;

  std::optional<double> bytes_by(std::int64_t index) const noexcept;
  const Mark& back(std::size_t steps) const noexcept {
    return marks_[(count_ - 1 - steps) % kMarks];
  }

  std::array<Mark, kMarks> marks_{};  // a ring
  std::size_t count_ = 0;
  TimePoint marked_{};
  std::optional<std::int64_t> reported_;
  double bytes_reported_ = 0;
  TimePoint reported_at_{};
  double packets_ = 0, lost_ = 0;  // not judged yet
};

}  // namespace diemcau::media
