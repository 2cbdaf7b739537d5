#include "media/transport/transport_counters.hpp"

namespace diemcau::media {

namespace {
Counter& rejected(Metrics& m, const char* reason) {
  return m.counter("diemcau_srtp_rejected_total", "SRTP and SRTCP packets refused",
                   {{"reason", reason}});
}
Counter& packets(Metrics& m, const char* direction, const char* kind) {
  return m.counter("diemcau_rtp_packets_total", "RTP and RTCP packets, as seen from the server",
                   {{"direction", direction}, {"kind", kind}});
}
/// What a slot's codec makes of them is counted as diemcau_rtp_packets_total{kind="audio"|"video"}.
Counter& srtp_packets(Metrics& m, const char* direction) {
  return m.counter("diemcau_srtp_packets_total", "SRTP packets that passed protection",
                   {{"direction", direction}});
}
Counter& bytes(Metrics& m, const char* direction) {
  return m.counter("diemcau_transport_bytes_total", "Bytes of media datagrams",
                   {{"direction", direction}});
}
Counter& discarded(Metrics& m, const char* reason) {
  return m.counter("diemcau_transport_discarded_total", "Datagrams thrown away unread",
                   {{"reason", reason}});
}
Counter& dropped(Metrics& m, const char* queue) {
  return m.counter("diemcau_queue_dropped_total", "Items refused by a full queue",
                   {{"queue", queue}});
}
}  // namespace

TransportCounters::TransportCounters(Metrics& m)
    : rejected_auth(rejected(m, "auth")),
      rejected_replay(rejected(m, "replay")),
      rejected_malformed(rejected(m, "malformed")),
      rejected_early(rejected(m, "early")),
      rejected_crowd(rejected(m, "crowd")),
      rtp_in(srtp_packets(m, "in")),
      rtcp_in(packets(m, "in", "rtcp")),
      rtp_out(srtp_packets(m, "out")),
      rtcp_out(packets(m, "out", "rtcp")),
      bytes_in(bytes(m, "in")),
      bytes_out(bytes(m, "out")),
      unknown_kind(discarded(m, "unknown")),
      oversized(discarded(m, "oversized")),
      send_dropped(dropped(m, "socket-send")),
      dtls_dropped(dropped(m, "dtls-output")),
      dtls_retransmissions(m.counter("diemcau_dtls_retransmissions_total",
                                     "Handshake flights sent again after a time-out")) {}

}  // namespace diemcau::media
