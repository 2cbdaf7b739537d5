#include "media/transport/ice_transport.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <gio/gio.h>
#include <netinet/in.h>
#include <nice/agent.h>

#include "media/transport/ice_candidate.hpp"
#include "media/transport/local_addresses.hpp"
#include "media/transport/packet_kind.hpp"

namespace diemcau::media {

namespace {
constexpr guint kComponent = 1;
/// Datagrams read from one site before the others have their turn.
constexpr int kReadsPerWake = 64;
/// How long libnice goes on looking every 5 ms (the pacing) after all is found. It serves the
/// decision that checks have failed, which our connect timer takes; its default of 5 s costs
/// 1 000 wake-ups for each site that joins.
constexpr guint kIdleTimeoutMs = 50;
/// Between two looks of libnice at its pairs (RFC 8445's Ta). Every check of the peer's makes it
/// look for kIdleTimeoutMs; once a session stands, one look is enough.
constexpr guint kPacingMs = 5, kSettledPacingMs = kIdleTimeoutMs;
constexpr int kSocketBuffer = 1 << 20;
constexpr Duration kTimerSlack = std::chrono::milliseconds(1);

bool same_address(const sockaddr_storage& a, const sockaddr_storage& b) {
  if (a.ss_family != b.ss_family) return false;
  if (a.ss_family == AF_INET) {
    const auto& x = reinterpret_cast<const sockaddr_in&>(a);
    const auto& y = reinterpret_cast<const sockaddr_in&>(b);
    return x.sin_port == y.sin_port && x.sin_addr.s_addr == y.sin_addr.s_addr;
  }
  const auto& x = reinterpret_cast<const sockaddr_in6&>(a);
  const auto& y = reinterpret_cast<const sockaddr_in6&>(b);
  return x.sin6_port == y.sin6_port &&
         std::memcmp(&x.sin6_addr, &y.sin6_addr, sizeof x.sin6_addr) == 0;
}

std::string address_text(const NiceAddress& address) {
  char text[NICE_ADDRESS_STRING_LEN] = {};
  nice_address_to_string(&address, text);
  return text;
}

std::string host_and_port(const NiceAddress& address) {
  const std::string host = address_text(address);
  const bool v6 = nice_address_ip_version(&address) == 6;
  return (v6 ? '[' + host + ']' : host) + ':' + std::to_string(nice_address_get_port(&address));
}

NiceCandidate* to_nice(const IceCandidate& from) {
  static constexpr NiceCandidateType kTypes[] = {
      NICE_CANDIDATE_TYPE_HOST, NICE_CANDIDATE_TYPE_SERVER_REFLEXIVE,
      NICE_CANDIDATE_TYPE_PEER_REFLEXIVE, NICE_CANDIDATE_TYPE_RELAYED};
  static constexpr NiceCandidateTransport kTransports[] = {NICE_CANDIDATE_TRANSPORT_UDP,
                                                           NICE_CANDIDATE_TRANSPORT_TCP_ACTIVE,
                                                           NICE_CANDIDATE_TRANSPORT_TCP_PASSIVE};
  NiceCandidate* to = nice_candidate_new(kTypes[static_cast<std::size_t>(from.type)]);
  to->transport = kTransports[static_cast<std::size_t>(from.protocol)];
  to->component_id = kComponent;
  to->priority = from.priority;
  g_strlcpy(to->foundation, from.foundation.c_str(), sizeof to->foundation);
  if (nice_address_set_from_string(&to->addr, from.address.c_str()) == FALSE) {
    nice_candidate_free(to);
    return nullptr;
  }
  nice_address_set_port(&to->addr, from.port);
  to->base_addr = to->addr;
  return to;
}

/// What GLib wakes a context's poll with, the one descriptor of a new context.
int wake_up_of(GMainContext* context) {
  GPollFD polled{};
  gint priority = 0, timeout_ms = -1;
  g_main_context_prepare(context, &priority);
  return g_main_context_query(context, G_MAXINT, &timeout_ms, &polled, 1) == 1 ? polled.fd : -1;
}

bool credential_ok(const std::string& text, std::size_t shortest) {
  return text.size() >= shortest && text.size() <= 256 &&
         std::all_of(text.begin(), text.end(), [](unsigned char c) { return c > ' ' && c < 127; });
}
}  // namespace

/// Held around every call into libnice: the outermost one asks GLib what it wants next.
class IceTransport::Entered {
 public:
  explicit Entered(IceTransport& ice) : ice_(ice) { ++ice_.entered_; }
  ~Entered() {
    if (--ice_.entered_ == 0) ice_.sync_with_glib();
  }
  Entered(const Entered&) = delete;
  Entered& operator=(const Entered&) = delete;

 private:
  IceTransport& ice_;
};

struct IceTransport::Callbacks {
  static void received(NiceAgent*, guint, guint, guint size, gchar* data, gpointer self) {
    static_cast<IceTransport*>(self)->deliver({reinterpret_cast<std::uint8_t*>(data), size});
  }
  static void selected(NiceAgent*, guint, guint, NiceCandidate* local, NiceCandidate* remote,
                       gpointer self) {
    static_cast<IceTransport*>(self)->take_path(local, remote);
  }
  static void state_changed(NiceAgent*, guint, guint, guint state, gpointer self) {
    auto& ice = *static_cast<IceTransport*>(self);
    if (state == NICE_COMPONENT_STATE_FAILED && ice.observer_ != nullptr)
      ice.observer_->on_ice_failed();
  }
};

Result<std::unique_ptr<IceTransport>> IceTransport::create(TransportLoop& loop,
                                                           const TransportOptions& options,
                                                           bool controlling,
                                                           TransportCounters& counters,
                                                           IceObserver& observer) {
  DIEMCAU_RUN_ON(loop.sequence());
  std::unique_ptr<IceTransport> ice(new IceTransport(loop, counters, observer));
  if (const auto opened = ice->open(options, controlling); !opened) return opened.error();
  return ice;
}

Result<void> IceTransport::open(const TransportOptions& options, bool controlling) {
  controlling_ = controlling;
  const auto addresses = addresses_to_offer(options.addresses);
  if (!addresses) return addresses.error();
  if (!options.udp && !options.tcp)
    return make_error(Errc::invalid_argument, "ice.create", "neither UDP nor TCP is allowed");
  if (options.port_low > options.port_high)
    return make_error(Errc::invalid_argument, "ice.create", "the ICE port range is empty");

  // A context of this agent's own for its sockets and timers: GLib walks all sources of a context
  // at every wake-up, so on a shared one each site would pay for all others.
  context_ = g_main_context_new();
  g_main_context_acquire(context_);
  wake_up_ = wake_up_of(context_);
  const Entered entered(*this);
  agent_ = nice_agent_new_full(context_, NICE_COMPATIBILITY_RFC5245,
                               NICE_AGENT_OPTION_CONSENT_FRESHNESS);
  g_object_set(agent_, "controlling-mode", static_cast<gboolean>(controlling), "upnp", FALSE,
               "stun-pacing-timer", kPacingMs, "idle-timeout", kIdleTimeoutMs, "ice-udp",
               static_cast<gboolean>(options.udp), "ice-tcp", static_cast<gboolean>(options.tcp),
               nullptr);
  for (const auto& text : *addresses) {
    NiceAddress address;
    nice_address_init(&address);
    if (nice_address_set_from_string(&address, text.c_str()) != FALSE)
      nice_agent_add_local_address(agent_, &address);
  }
  stream_ = nice_agent_add_stream(agent_, 1);
  g_signal_connect(agent_, "new-selected-pair-full", G_CALLBACK(&Callbacks::selected), this);
  g_signal_connect(agent_, "component-state-changed", G_CALLBACK(&Callbacks::state_changed), this);
  if (options.port_low != 0)
    nice_agent_set_port_range(agent_, stream_, kComponent, options.port_low, options.port_high);
  nice_agent_attach_recv(agent_, stream_, kComponent, context_, &Callbacks::received, this);
  if (nice_agent_gather_candidates(agent_, stream_) == FALSE || local().candidates.empty())
    return make_error(Errc::full, "ice.no_port",
                      "no free port in the ICE port range; widen --ice-ports or let sites leave");
  // Its default holds about ninety packets, less than one key frame in a busy moment.
  if (GPtrArray* sockets = nice_agent_get_sockets(agent_, stream_, kComponent)) {
    for (guint i = 0; i < sockets->len; ++i) {
      const int fd = g_socket_get_fd(static_cast<GSocket*>(sockets->pdata[i]));
      int type = 0;
      socklen_t type_size = sizeof type;
      if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &type_size) != 0 || type != SOCK_DGRAM)
        continue;
      datagram_sockets_.insert(fd);
      setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &kSocketBuffer, sizeof kSocketBuffer);
      setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &kSocketBuffer, sizeof kSocketBuffer);
    }
    g_ptr_array_unref(sockets);
  }
  return {};
}

IceTransport::~IceTransport() {
  for (const auto& watched : watched_) loop_.unwatch(watched.fd);
  loop_.cancel(timer_);
  if (agent_ != nullptr) {
    g_signal_handlers_disconnect_by_data(agent_, this);
    if (stream_ != 0)
      nice_agent_attach_recv(agent_, stream_, kComponent, context_, nullptr, nullptr);
    g_object_unref(agent_);
  }
  if (context_ != nullptr) {
    g_main_context_release(context_);
    g_main_context_unref(context_);
  }
}

IceParameters IceTransport::local() const {
  IceParameters out;
  gchar* ufrag = nullptr;
  gchar* password = nullptr;
  if (nice_agent_get_local_credentials(agent_, stream_, &ufrag, &password) != FALSE) {
    out.ufrag = ufrag;
    out.password = password;
  }
  g_free(ufrag);
  g_free(password);
  GSList* candidates = nice_agent_get_local_candidates(agent_, stream_, kComponent);
  for (GSList* item = candidates; item != nullptr; item = item->next) {
    const auto* from = static_cast<const NiceCandidate*>(item->data);
    if (from->type != NICE_CANDIDATE_TYPE_HOST ||
        from->transport == NICE_CANDIDATE_TRANSPORT_TCP_ACTIVE)
      continue;
    IceCandidate to;
    to.foundation = from->foundation;
    to.protocol = from->transport == NICE_CANDIDATE_TRANSPORT_UDP
                      ? IceCandidate::Protocol::udp
                      : IceCandidate::Protocol::tcp_passive;
    to.priority = from->priority;
    to.address = address_text(from->addr);
    to.port = static_cast<std::uint16_t>(nice_address_get_port(&from->addr));
    out.candidates.push_back(to_string(to));
  }
  g_slist_free_full(candidates,
                    [](gpointer c) { nice_candidate_free(static_cast<NiceCandidate*>(c)); });
  return out;
}

Result<void> IceTransport::check_remote(const IceParameters& remote) const {
  // RFC 8839 §5.4: at least 4 and 22 characters, at most 256.
  if (!credential_ok(remote.ufrag, 4) || !credential_ok(remote.password, 22))
    return make_error(Errc::invalid_argument, "ice.credentials",
                      "ice-ufrag needs 4 to 256 characters, ice-pwd 22 to 256");
  for (const auto& line : remote.candidates)
    if (const auto parsed = parse_candidate(line);
        !parsed && parsed.error().code == "ice.candidate")
      return parsed.error();
  return {};
}

Result<void> IceTransport::set_remote(const IceParameters& remote) {
  if (const auto checked = check_remote(remote); !checked) return checked.error();
  const Entered entered(*this);
  if (nice_agent_set_remote_credentials(agent_, stream_, remote.ufrag.c_str(),
                                        remote.password.c_str()) == FALSE)
    return make_error(Errc::internal, "ice.credentials", "libnice refused the credentials");
  remote_.ufrag = remote.ufrag;
  remote_.password = remote.password;
  consent_.reset();
  add_candidates(remote.candidates);
  return {};
}

void IceTransport::add_candidates(const std::vector<std::string>& lines) {
  GSList* list = nullptr;
  for (const auto& line : lines) {
    if (remote_candidates_ >= kMaxRemoteCandidates) break;  // every pair of them is work
    const auto parsed = parse_candidate(line);
    if (!parsed) continue;
    if (NiceCandidate* candidate = to_nice(*parsed)) {
      candidate->stream_id = stream_;
      list = g_slist_append(list, candidate);
      ++remote_candidates_;
    }
  }
  if (list == nullptr) return;
  nice_agent_set_remote_candidates(agent_, stream_, kComponent, list);
  g_slist_free_full(list, [](gpointer c) { nice_candidate_free(static_cast<NiceCandidate*>(c)); });
}

Result<void> IceTransport::add_remote_candidate(const std::string& line) {
  const auto parsed = parse_candidate(line);
  if (!parsed) {
    if (parsed.error().code == "ice.candidate_unsupported") return {};
    return parsed.error();
  }
  if (remote_candidates_ >= kMaxRemoteCandidates)
    return make_error(Errc::too_large, "ice.too_many_candidates", "more than 64 candidates");
  const Entered entered(*this);
  add_candidates({line});
  return {};
}

Result<IceParameters> IceTransport::restart(const IceParameters& remote) {
  if (const auto checked = check_remote(remote); !checked) return checked.error();
  const Entered entered(*this);
  g_object_set(agent_, "stun-pacing-timer", kPacingMs, nullptr);
  nice_agent_restart(agent_);
  remote_candidates_ = 0;
  if (const auto set = set_remote(remote); !set) return set.error();
  return local();
}

void IceTransport::settle() {
  g_object_set(agent_, "stun-pacing-timer", kSettledPacingMs, nullptr);
}

void IceTransport::take_path(const NiceCandidate* local, const NiceCandidate* remote) {
  path_ = IcePath{};
  nice_address_copy_to_sockaddr(&remote->addr, reinterpret_cast<sockaddr*>(&path_.remote));
  path_.remote_size =
      path_.remote.ss_family == AF_INET6 ? sizeof(sockaddr_in6) : sizeof(sockaddr_in);
  path_.remote_text = host_and_port(remote->addr);
  if (local->transport == NICE_CANDIDATE_TRANSPORT_UDP &&
      local->type != NICE_CANDIDATE_TYPE_RELAYED) {
    if (GSocket* socket = nice_agent_get_selected_socket(agent_, stream_, kComponent)) {
      path_.fd = g_socket_get_fd(socket);
      path_.direct = true;
      g_object_unref(socket);  // the agent holds it as long as it lives
    }
  }
  if (observer_ != nullptr) observer_->on_ice_selected();
}

bool IceTransport::send(std::span<const std::uint8_t> datagram) noexcept {
  const Entered entered(*this);
  return nice_agent_send(agent_, stream_, kComponent, static_cast<guint>(datagram.size()),
                         reinterpret_cast<const gchar*>(datagram.data())) > 0;
}

void IceTransport::deliver(std::span<std::uint8_t> datagram) {
  if (observer_ != nullptr) observer_->on_ice_datagram(datagram, loop_.clock().now());
}

void IceTransport::on_readable(int fd) {
  if (path_.direct && fd == path_.fd) {
    read_direct();
    return;
  }
  iterate();
  // A TCP connection that ended may have given its number to the next one at once: to us the same
  // descriptor, to epoll an unknown one.
  if (datagram_sockets_.contains(fd)) return;
  const auto watched = std::ranges::find(watched_, fd, &Watched::fd);
  if (watched != watched_.end()) loop_.watch(fd, *this, watched->writable);
}

// libnice takes four GLib poll rounds and as many locks for a packet; media of the selected pair
// does not need it. Whatever else comes (STUN, other sources) stays in the queue for libnice.
void IceTransport::read_direct() {
  const auto buffer = loop_.receive_buffer();
  for (int i = 0; i < kReadsPerWake && observer_ != nullptr; ++i) {
    sockaddr_storage from{};
    socklen_t from_size = sizeof from;
    const ssize_t size =
        recvfrom(path_.fd, buffer.data(), buffer.size(), MSG_PEEK | MSG_DONTWAIT | MSG_TRUNC,
                 reinterpret_cast<sockaddr*>(&from), &from_size);
    if (size < 0) {
      if (errno == EAGAIN || errno == EWOULDBLOCK) return;
      continue;  // an ICMP error, cleared by having been read
    }
    const auto datagram = buffer.first(std::min(static_cast<std::size_t>(size), buffer.size()));
    const PacketKind kind = packet_kind_of(datagram);
    if (kind == PacketKind::stun || !same_address(from, path_.remote)) {
      // Seen before libnice takes it off the queue and throws it away as an answer to nothing.
      if (consent_ && same_address(from, path_.remote) && !look_for_consent(datagram)) return;
      iterate();
      return;  // it has read all there was
    }
    recv(path_.fd, buffer.data(), 0, MSG_DONTWAIT);  // zero bytes: takes it off the queue
    // Feedback comes alone; a picture's packets come together. What is left wakes us again.
    if (kind == PacketKind::rtcp) i = kReadsPerWake;
    if (static_cast<std::size_t>(size) > buffer.size())
      counters_.oversized.add();
    else if (!datagram.empty())
      deliver(datagram);
  }
}

void IceTransport::check_consent() {
  if (!path_.direct) return;
  if (!consent_) consent_ = std::make_unique<ConsentCheck>(local(), remote_, controlling_);
  const auto request = consent_->request();
  if (request.empty()) return;
  // Lost like any other packet when the socket does not take it.
  sendto(path_.fd, request.data(), request.size(), MSG_DONTWAIT,
         reinterpret_cast<const sockaddr*>(&path_.remote), path_.remote_size);
}

/// False when the observer wants to hear nothing any more.
bool IceTransport::look_for_consent(std::span<const std::uint8_t> datagram) {
  const auto answer = consent_->look_at(datagram);
  if (answer != ConsentCheck::Answer::none)
    observer_->on_ice_consent(answer == ConsentCheck::Answer::granted);
  return observer_ != nullptr;
}

void IceTransport::iterate() {
  const Entered entered(*this);
  g_main_context_iteration(context_, FALSE);
}

// What GLib wants next is asked after everything that may have changed it. The context is owned by
// this thread and never polled by GLib, so nothing would wake us otherwise.
void IceTransport::sync_with_glib() {
  GPollFD polled[64];
  gint priority = 0, timeout_ms = -1;
  g_main_context_prepare(context_, &priority);
  const gint count =
      std::min(g_main_context_query(context_, G_MAXINT, &timeout_ms, polled, G_N_ELEMENTS(polled)),
               static_cast<gint>(G_N_ELEMENTS(polled)));
  arm(timeout_ms);
  watch({polled, static_cast<std::size_t>(count)});
}

void IceTransport::arm(int timeout_ms) {
  // libnice rounds what is left of a wait down to whole milliseconds: up to a hundred time-outs of
  // zero follow one another before the last one's work is due.
  if (timed_ && timeout_ms == 0) timeout_ms = 1;
  const TimePoint due = timeout_ms < 0
                            ? TimePoint::max()
                            : loop_.clock().now() + std::chrono::milliseconds(timeout_ms);
  // GLib counts in whole milliseconds: a millisecond's difference is the same timer.
  if (timer_ != 0 && due >= timer_due_ && due - timer_due_ <= kTimerSlack) return;
  loop_.cancel(std::exchange(timer_, 0));
  timer_due_ = due;
  if (timeout_ms < 0) return;
  timer_ = loop_.run_at(due, [this] {
    timer_ = 0;
    timed_ = true;
    iterate();
    timed_ = false;
  });
}

// Asked of GLib and not of nice_agent_get_sockets(), which knows an accepted TCP connection only
// once a check has been read from it.
void IceTransport::watch(std::span<const _GPollFD> polled) {
  found_.clear();
  // Its own wake-up is for threads that poll; here it only says that this thread, inside libnice,
  // changed what is to be polled, which has just been asked for.
  for (const GPollFD& entry : polled)
    if (entry.fd != wake_up_) found_.push_back({entry.fd, (entry.events & G_IO_OUT) != 0});
  if (found_ == watched_) return;
  for (const auto& watched : watched_)
    if (std::ranges::find(found_, watched.fd, &Watched::fd) == found_.end())
      loop_.unwatch(watched.fd);
  for (const auto& found : found_) loop_.watch(found.fd, *this, found.writable);
  watched_.swap(found_);
}

}  // namespace diemcau::media
