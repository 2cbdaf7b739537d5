#pragma once
// Bandwidth from REMB, receiver reports and bursts of NACKs. REMB is exact after a second or two;
// a burst of NACKs tells within one round trip that a line has become narrow, and about how narrow.
// A REMB below what passes without loss or queue is an artefact of uneven sending: seen at 0.4 of
// it from a browser on a free line. Where there is loss or a queue, it is still never less than
// what is seen to come through: seen at a quarter of a line of 300 kbit/s.

#include <array>
#include <utility>

#include "media/rtp/bandwidth_estimator.hpp"
#include "media/session_parameters.hpp"

namespace diemcau::media {

class RembEstimator final : public BandwidthEstimator {
 public:
  void on_sent(std::uint64_t bytes, TimePoint now) noexcept override;
  void on_remb(double bitrate, TimePoint now) noexcept override;
  void on_report(std::size_t flow, const FlowReport& report, TimePoint now) noexcept override;
  void on_repaired(double share) noexcept override { repaired_ = share; }
  void on_missing(std::size_t flow, std::uint16_t sequence, TimePoint now) noexcept override;
  LineEstimate estimate(TimePoint now) const noexcept override;
  bool take_choke() noexcept override { return std::exchange(choked_, false); }

 private:
  struct Sent {
    TimePoint at{};
    std::uint64_t bytes = 0;
  };
  struct Missing {
    TimePoint at{};
    std::uint16_t sequence = 0;
  };
  struct Flow {
    std::array<Missing, 64> missing{};  // a ring of the newest
    std::size_t count = 0;
    std::uint16_t newest = 0;
    double fraction_lost = 0;
    TimePoint reported{};
    double delivered = 0;
    TimePoint delivered_at{};
  };

  double sent_rate(Duration window) const noexcept;
  /// The flow that lately reported most loss; null: none reported.
  const Flow* worst(TimePoint now) const noexcept;
  void choke(double rate, TimePoint now) noexcept;
  void choke_by_remb(TimePoint now) noexcept;
  void on_round_trip(const FlowReport& report, TimePoint now) noexcept;
  void learn_loss(std::size_t flow, double fraction_lost, TimePoint now) noexcept;
  /// How long one full packet fills a line that carries what is being sent.
  Duration packet_time() const noexcept;
  /// bit/s seen to come through of late, all slots together.
  double delivered(TimePoint now) const noexcept;
  /// Lately more was lost than ever is here, or a queue stood in front of the line.
  bool strained(TimePoint now) const noexcept;

  std::array<Sent, 64> sent_{};  // a ring, one entry a tick
  std::size_t ticks_ = 0;
  std::array<Flow, kSlots> flows_{};

  double remb_ = 0;
  TimePoint remb_at_{}, first_remb_{};
  double normal_loss_ = 0;  // what this line always loses
  bool reported_ = false;
  Duration round_trip_{}, shortest_trip_{};
  TimePoint strained_at_{}, queued_at_{};
  double repaired_ = 0;

  bool choked_ = false;
  TimePoint choked_at_{}, chokes_since_{}, drained_at_{};
  double through_ = 0;  // bit/s that came through when it last choked
};

}  // namespace diemcau::media
