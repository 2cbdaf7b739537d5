#pragma once
// One site's connection: transport and RTP session together, on one transport loop for life.
// Facade: commands by value from any thread, events by value on the transport loop.

#include <functional>
#include <memory>
#include <string>

#include "base/ids.hpp"
#include "base/result.hpp"
#include "media/rtp/line_probe.hpp"
#include "media/rtp/rtp_session.hpp"
#include "media/session_parameters.hpp"
#include "media/transport/secure_transport.hpp"

namespace diemcau::media {

/// On the transport loop; receivers must only post.
struct EndpointEvents {
  std::function<void(TransportState, std::string reason)> on_state;
  std::function<void(Slot, Layer, bool flowing)> on_uplink_flow;
  std::function<void(const SessionStatistics&)> on_statistics;
  std::function<void(const LineEstimate&)> on_choke;
};

class Endpoint {
 public:
  using Ready = std::function<void(Result<IceParameters>)>;  // on the transport loop

  /// Builds the endpoint on `loop`; `ready` gets the local ICE parameters for the answer.
  static std::shared_ptr<Endpoint> create(TransportLoop& loop, const DtlsCertificate& certificate,
                                          TransportOptions options, SessionParameters parameters,
                                          Metrics& metrics, EndpointEvents events, Ready ready);
  ~Endpoint();

  // Any thread.
  void add_remote_candidate(std::string candidate);
  void restart_ice(IceParameters remote, Ready ready);
  void set_ordered_sink(Slot slot, Layer layer, std::shared_ptr<OrderedPacketSink> sink);
  void set_uplink_sink(Slot slot, std::shared_ptr<UplinkSink> sink);
  void set_forward(Slot slot, Layer layer, std::shared_ptr<EncodedStream> stream);
  void request_key_frame(Slot slot, Layer layer);
  void set_uplink_ceiling(double bits_per_second);
  void show(Slot slot, std::shared_ptr<EncodedStream> stream, SourceId self = {});
  void set_line(double bits_per_second);
  /// Fills the line down with padding on a slot that shows nothing. `done` runs on the loop: false
  /// at once where the slot has no retransmission source, shows something or another probe runs,
  /// false when it is given something to show before the end, and never after close().
  void probe(Slot slot, std::vector<ProbeStep> steps, std::function<void(bool)> done);
  /// Ends it; no event after the call that follows on the loop. `closed` runs on the loop.
  void close(std::function<void()> closed = {});

 private:
  struct State;  // lives on the loop
  Endpoint(TransportLoop& loop, std::shared_ptr<State> state);
  TransportLoop& loop_;
  std::shared_ptr<State> state_;
};

}  // namespace diemcau::media
