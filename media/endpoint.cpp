#include "media/endpoint.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <thread>
#include <utility>

#include "media/transport/transport_loop.hpp"

namespace diemcau::media {

// The whole of it lives on the loop; the facade only posts. Tasks keep it alive, and the last of
// them, posted by the facade's destructor, lets it go there.
struct Endpoint::State final : TransportObserver, Ticker {
  State(TransportLoop& l, EndpointEvents e) : loop(l), events(std::move(e)) {}
  ~State() { tear_down(); }

  struct Shown {
    std::shared_ptr<EncodedStream> stream;
    SourceId self;
  };

  Result<IceParameters> open(const DtlsCertificate& certificate, const TransportOptions& options,
                             const SessionParameters& parameters, Metrics& metrics) {
    auto made = SecureTransport::create(loop, certificate, options, parameters.ice_controlling,
                                        parameters.local_dtls_role, metrics, *this);
    if (!made) return made.error();
    transport = std::move(*made);
    RtpSessionEvents rtp_events;
    rtp_events.on_uplink_flow = [this](Slot slot, Layer layer, bool flowing) {
      if (events.on_uplink_flow) events.on_uplink_flow(slot, layer, flowing);
    };
    rtp_events.on_statistics = [this](const SessionStatistics& statistics) {
      if (events.on_statistics) events.on_statistics(statistics);
    };
    rtp_events.on_choke = [this](const LineEstimate& line) {
      if (events.on_choke) events.on_choke(line);
    };
    session.emplace(parameters, loop, *transport, metrics, std::move(rtp_events));
    transport->allow_repeats(repeating_sources(parameters.slots));
    auto local = transport->local_ice();
    if (const auto connecting =
            transport->connect(parameters.remote_ice, parameters.remote_fingerprint);
        !connecting) {
      tear_down();
      return connecting.error();
    }
    ticker = loop.add_ticker(*this);
    return local;
  }

  /// The session first: it says goodbye through the transport.
  void tear_down() {
    events = {};
    probed = nullptr;
    closed = true;
    if (ticker) loop.remove_ticker(*std::exchange(ticker, std::nullopt));
    if (session) session->close();
    session.reset();
    if (transport) transport->close();
    transport.reset();
  }

  void start_probe(Slot slot, std::vector<ProbeStep> steps, std::function<void(bool)> done) {
    if (closed) return;
    if (!session || !session->start_probe(slot, std::move(steps))) {
      if (done) done(false);
      return;
    }
    probed = std::move(done);
    tick_when_due();
  }

  void show(Slot slot, Shown shown) {
    if (!session) return;
    if (!connected) {
      waiting[index_of(slot)] = std::move(shown);
      return;
    }
    session->show(slot, std::move(shown.stream), shown.self);
    tick_when_due();
  }

  /// After whatever may have given the session something to do.
  void tick_when_due() noexcept {
    if (!ticker || !session) return;
    loop.tick_at(*ticker, session->next_tick());
  }

  void on_transport_state(TransportState state, const std::string& reason) override {
    connected = state == TransportState::connected;
    // A stream is shown from a key frame on, which must not be sent before there is a way.
    if (connected && session)
      for (std::size_t i = 0; i < kSlots; ++i)
        if (auto shown = std::exchange(waiting[i], std::nullopt))
          session->show(static_cast<Slot>(i), std::move(shown->stream), shown->self);
    if (connected && session) tick_when_due();
    if (events.on_state) events.on_state(state, reason);
  }
  void on_rtp(std::span<std::uint8_t> packet, TimePoint arrived) override {
    if (!session) return;
    session->on_rtp(packet, arrived);
    tick_when_due();
  }
  void on_rtcp(std::span<std::uint8_t> compound, TimePoint arrived) override {
    if (!session) return;
    session->on_rtcp(compound, arrived, loop.lateness(arrived));
    tick_when_due();
  }
  TimePoint on_tick(TimePoint now) noexcept override {
    if (!session || !connected) return TimePoint::max();
    session->tick(now);
    if (const auto carried_out = session->take_probe_end())
      if (const auto done = std::exchange(probed, nullptr)) done(*carried_out);
    // Whoever heard of the probe's end may have closed this.
    return session ? session->next_tick() : TimePoint::max();
  }
  void on_loop_end() noexcept override { tear_down(); }

  TransportLoop& loop;
  EndpointEvents events;
  std::unique_ptr<SecureTransport> transport;
  std::optional<RtpSession> session;
  std::function<void(bool)> probed;
  bool closed = false;
  std::array<std::optional<Shown>, kSlots> waiting;
  bool connected = false;
  std::optional<TransportLoop::TickerId> ticker;
};

namespace {
/// More than a Task holds is packed; `work` runs on the loop with the state.
template <class State, class Work>
bool post_packed(TransportLoop& loop, const std::shared_ptr<State>& state, Work work) {
  auto packed = std::make_shared<Work>(std::move(work));
  return loop.post([state, packed] { (*packed)(*state); });
}

Error refused() {
  return make_error(Errc::unavailable, "endpoint.loop", "the transport loop takes no more work");
}
}  // namespace

Endpoint::Endpoint(TransportLoop& loop, std::shared_ptr<State> state)
    : loop_(loop), state_(std::move(state)) {
  loop_.enter();
}

std::shared_ptr<Endpoint> Endpoint::create(TransportLoop& loop, const DtlsCertificate& certificate,
                                           TransportOptions options, SessionParameters parameters,
                                           Metrics& metrics, EndpointEvents events, Ready ready) {
  auto state = std::make_shared<State>(loop, std::move(events));
  std::shared_ptr<Endpoint> endpoint(new Endpoint(loop, state));
  auto told = std::make_shared<Ready>(std::move(ready));
  const bool posted = post_packed(loop, state,
                                  [&certificate, &metrics, options = std::move(options),
                                   parameters = std::move(parameters), told](State& s) {
                                    auto opened = s.open(certificate, options, parameters, metrics);
                                    if (*told) (*told)(std::move(opened));
                                  });
  if (!posted && *told) (*told)(refused());
  return endpoint;
}

Endpoint::~Endpoint() {
  loop_.leave();
  // Torn down on its loop, whatever thread this is. Only when the loop has ended is here as good
  // as there: nobody else is left.
  while (!loop_.post([state = state_] { state->tear_down(); })) {
    if (!loop_.running()) break;
    if (loop_.is_current()) {
      loop_.at_round_end([state = state_] { state->tear_down(); });
      break;
    }
    std::this_thread::yield();  // its queue of 16 384 is full: it will not be for long
  }
}

void Endpoint::add_remote_candidate(std::string candidate) {
  post_packed(loop_, state_, [candidate = std::move(candidate)](State& s) {
    // A candidate that cannot be used leaves those there are: nobody is told.
    if (s.transport) static_cast<void>(s.transport->add_remote_candidate(candidate));
  });
}

void Endpoint::restart_ice(IceParameters remote, Ready ready) {
  auto told = std::make_shared<Ready>(std::move(ready));
  const bool posted = post_packed(loop_, state_, [remote = std::move(remote), told](State& s) {
    Result<IceParameters> restarted =
        s.transport ? s.transport->restart_ice(remote)
                    : Result<IceParameters>(
                          make_error(Errc::conflict, "endpoint.closed", "the endpoint is closed"));
    if (*told) (*told)(std::move(restarted));
  });
  if (!posted && *told) (*told)(refused());
}

void Endpoint::set_ordered_sink(Slot slot, Layer layer, std::shared_ptr<OrderedPacketSink> sink) {
  loop_.post([state = state_, slot, layer, sink = std::move(sink)]() mutable {
    if (state->session) state->session->set_ordered_sink(slot, layer, std::move(sink));
  });
}

void Endpoint::set_uplink_sink(Slot slot, std::shared_ptr<UplinkSink> sink) {
  loop_.post([state = state_, slot, sink = std::move(sink)]() mutable {
    if (state->session) state->session->set_uplink_sink(slot, std::move(sink));
  });
}

void Endpoint::set_forward(Slot slot, Layer layer, std::shared_ptr<EncodedStream> stream) {
  loop_.post([state = state_, slot, layer, stream = std::move(stream)]() mutable {
    if (state->session) state->session->set_forward(slot, layer, std::move(stream));
  });
}

void Endpoint::request_key_frame(Slot slot, Layer layer) {
  loop_.post([state = state_, slot, layer] {
    if (state->session) state->session->request_key_frame(slot, layer);
  });
}

void Endpoint::set_uplink_ceiling(double bits_per_second) {
  loop_.post([state = state_, bits_per_second] {
    if (state->session) state->session->set_uplink_ceiling(bits_per_second);
  });
}

void Endpoint::show(Slot slot, std::shared_ptr<EncodedStream> stream, SourceId self) {
  loop_.post([state = state_, slot, stream = std::move(stream), self]() mutable {
    state->show(slot, State::Shown{std::move(stream), self});
  });
}

void Endpoint::set_line(double bits_per_second) {
  loop_.post([state = state_, bits_per_second] {
    if (!state->session) return;
    state->session->set_line(bits_per_second);
    state->tick_when_due();
  });
}

void Endpoint::probe(Slot slot, std::vector<ProbeStep> steps, std::function<void(bool)> done) {
  post_packed(loop_, state_,
              [slot, steps = std::move(steps), done = std::move(done)](State& s) mutable {
                s.start_probe(slot, std::move(steps), std::move(done));
              });
}

void Endpoint::close(std::function<void()> closed) {
  auto told = std::make_shared<std::function<void()>>(std::move(closed));
  const bool posted = loop_.post([state = state_, told] {
    state->tear_down();
    if (*told) (*told)();
  });
  if (!posted && *told) (*told)();
}

}  // namespace diemcau::media
