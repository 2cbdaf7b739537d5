#pragma once
// What one slot sends: reads an EncodedStream, numbers its packets for this receiver, answers
// NACKs from the stream's shared history. Lives on the session's loop; allocates nothing per
// packet.

#include <array>
#include <memory>
#include <vector>

#include "media/rtp/bandwidth_estimator.hpp"
#include "media/rtp/delivery_meter.hpp"
#include "media/rtp/header_template.hpp"
#include "media/rtp/ntp_time.hpp"
#include "media/rtp/output_numbering.hpp"
#include "media/rtp/packet_output.hpp"
#include "media/rtp/rate_meter.hpp"
#include "media/rtp/received_window.hpp"
#include "media/rtp/rtcp/nack.hpp"
#include "media/rtp/rtcp/reports.hpp"
#include "media/rtp/session_counters.hpp"
#include "media/rtp/token_bucket.hpp"
#include "media/rtp/video_pacer.hpp"
#include "media/stream/encoded_stream.hpp"

namespace diemcau::media {

/// What all senders of one session share. Borrowed.
struct SenderContext {
  EventLoop& loop;
  PacketOutput& output;
  const NtpClock& ntp;
  SessionCounters& counters;
  std::uint16_t& transport_sequence;
  VideoPacer& pacer;
};

class RtpSender final : public PacketReader {
 public:
  RtpSender(const SlotParameters& parameters, SenderContext context);
  ~RtpSender();
  RtpSender(const RtpSender&) = delete;
  RtpSender& operator=(const RtpSender&) = delete;

  /// Video goes on with the old stream until the new one has a key frame; null stops at once.
  void show(std::shared_ptr<EncodedStream> stream, SourceId self);
  /// Remembers how much is sent by now, for what reports will say of it.
  void mark_sent(TimePoint now) noexcept;
  /// Lets out what is paced; asks again for a key frame that does not come.
  void tick(TimePoint now);
  /// The line chokes: the picture stops here and begins again with a key frame, of this stream or
  /// of the one shown by then, once the pacer holds no longer.
  void give_way();

  void on_nack(const rtcp::Nack& nack, TimePoint now);
  /// PLI or FIR; of a slot that shows nothing it is ignored.
  void on_key_frame_request();
  FlowReport on_report_block(const rtcp::ReportBlock& block, TimePoint now) noexcept;

  /// A stream is chosen; for the one waiting, or for what is paced, the tick has work.
  bool showing() const noexcept { return current_ || pending_; }
  bool waiting() const noexcept { return pending_ || queued_; }
  /// True once something was sent.
  bool active() const noexcept { return meter_.packets() > 0; }
  rtcp::SenderReport report(TimePoint now) const noexcept;
  /// Once a second: retransmission may take its share of the rate measured here, in bit/s.
  /// `repair_rate`: what the line has for it, bit/s; 0: no limit from the line.
  double measure(TimePoint now, double repair_rate) noexcept;

  const SlotParameters& parameters() const noexcept { return parameters_; }
  Slot slot() const noexcept { return parameters_.slot; }
  /// The next number of the retransmission source. All that leaves by it counts here: two packets
  /// of one number would be two texts under one nonce of SRTP.
  std::uint16_t next_rtx_sequence() noexcept { return rtx_sequence_++; }
  std::uint32_t ssrc() const noexcept { return parameters_.local_ssrc; }
  const RateMeter& meter() const noexcept { return meter_; }
  std::uint64_t retransmitted() const noexcept { return retransmitted_; }
  /// All bytes that left, UDP and IPv4 headers and SRTP's tag counted.
  std::uint64_t wire_bytes() const noexcept { return wire_bytes_; }
  const rtcp::ReportBlock& last_block() const noexcept { return last_block_; }
  /// Of a picture that gave way: whoever asks for it says nothing of the line as it is now.
  bool gave_up(std::uint16_t sequence) const noexcept;
  /// Share of what was sent of late that was asked for again, 0…1.
  double asked_share() const noexcept { return asked_share_; }
  Duration jitter() const noexcept;
  std::optional<Duration> round_trip() const noexcept { return round_trip_; }

  // PacketReader
  void on_chunk(EncodedStream& stream, const PacketChunk& chunk) noexcept override;
  void approach(unsigned distance) const noexcept override;

 private:
  static constexpr std::size_t kRecent = 256;
  // Retransmission has at least this, with room for one lost key frame.
  static constexpr double kLeastRepairs = 32'000;  // bytes/s
  static constexpr double kRepairBurst = 96'000;   // bytes
  struct Recent {
    std::uint16_t sequence = 0;
    TimePoint at{};
  };

  /// Of a packet that may have to be sent again under its own number: SRTP's nonce is that number,
  /// so it must be the same to the byte (RFC 3711 §9.1), header extensions and all.
  struct Original {
    bool sent = false;
    std::uint16_t sequence = 0, transport_sequence = 0;
    std::uint32_t abs_send_time = 0;
    SourceId variant;
  };

  bool fits(const EncodedStream& stream) const noexcept;
  std::uint8_t payload_type_of(const EncodedStream& stream) const noexcept;
  bool switch_now(TimePoint now);
  void take_pending();
  void send_from(const PacketChunk& chunk, std::size_t first);
  void send(const PacketChunk& chunk, const PacketInfo& packet, std::uint32_t abs_send_time);
  void retransmit(std::uint16_t sequence, TimePoint now);
  void leave(std::shared_ptr<EncodedStream>& stream);
  void pace(const PacketChunk& chunk, std::size_t first, TimePoint now);
  void queue_from(const PacketChunk& chunk, std::size_t first);
  void let_out(TimePoint now);
  void begin_again(TimePoint now);

  // What every packet needs comes first: few lines to fetch (PacketReader::approach).
  SenderContext context_;
  HeaderTemplate header_;
  OutputNumbering numbering_;
  std::shared_ptr<EncodedStream> current_;
  std::shared_ptr<EncodedStream> pending_;  // video: waits for its key frame
  SourceId self_;
  bool begin_segment_ = false;  // the next packet of current_ begins a segment
  bool gave_way_ = false;       // until pending_ is looked at again
  bool queued_ = false;         // paced: the stream's history is the queue, these are its ends
  std::int64_t next_index_ = 0, newest_index_ = 0;
  RateMeter meter_;
  std::uint64_t wire_bytes_ = 0;
  std::vector<Original> originals_;  // by sequence number; none where RTX repairs
  ReceivedWindow sent_;              // no number is given to two packets

  const SlotParameters parameters_;
  HeaderTemplate rtx_header_;
  TimePoint asked_{};           // for pending_'s key frame
  std::int64_t given_up_ = -1;  // newest number of pictures that gave way
  TimePoint key_frame_answered_{};

  std::uint64_t retransmitted_ = 0;
  DeliveryMeter delivery_;
  std::uint16_t newest_asked_ = 0;
  std::uint64_t asked_ever_ = 0, asked_before_ = 0, sent_before_ = 0;
  double asked_share_ = 0;
  std::uint16_t rtx_sequence_;
  TokenBucket retransmission_budget_;
  std::array<Recent, kRecent> recent_{};

  rtcp::ReportBlock last_block_;
  std::optional<Duration> round_trip_;
};

}  // namespace diemcau::media
