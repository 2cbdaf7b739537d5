#pragma once
// What transport counts. Resolved once per transport; adding is one relaxed atomic.

#include "base/metrics.hpp"

namespace diemcau::media {

struct TransportCounters {
  explicit TransportCounters(Metrics& metrics);

  // diemcau_srtp_rejected_total{reason}
  Counter& rejected_auth;       // wrong tag: not from the peer, or damaged
  Counter& rejected_replay;     // seen before, or too old for the window
  Counter& rejected_malformed;  // not RTP or RTCP
  Counter& rejected_early;      // before the handshake was done
  Counter& rejected_crowd;      // more SSRCs than a site can have
  // diemcau_srtp_packets_total{direction}; diemcau_rtp_packets_total{direction,kind="rtcp"}
  Counter& rtp_in;
  Counter& rtcp_in;
  Counter& rtp_out;
  Counter& rtcp_out;
  // diemcau_transport_bytes_total{direction}: UDP or TCP payload
  Counter& bytes_in;
  Counter& bytes_out;
  // diemcau_transport_discarded_total{reason}
  Counter& unknown_kind;  // first byte of no protocol of ours
  Counter& oversized;     // longer than any packet we can take
  // diemcau_queue_dropped_total{queue}
  Counter& send_dropped;  // the kernel had no room, or refused
  Counter& dtls_dropped;  // handshake output nobody could take yet
  // diemcau_dtls_retransmissions_total
  Counter& dtls_retransmissions;
};

}  // namespace diemcau::media
