#pragma once
// ICE (RFC 8445, RFC 6544, RFC 7675) of one BUNDLEd component: the one place that knows libnice.
// Thread: the transport loop's. README.md says why the odd things are done.

#include <cstdint>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <vector>

#include <sys/socket.h>

#include "base/result.hpp"
#include "media/session_parameters.hpp"
#include "media/transport/consent_check.hpp"
#include "media/transport/secure_transport.hpp"
#include "media/transport/transport_counters.hpp"
#include "media/transport/transport_loop.hpp"

struct _NiceAgent;
struct _NiceCandidate;
struct _GMainContext;
struct _GPollFD;

namespace diemcau::media {

class IceObserver {
 public:
  /// A pair was selected, or another one: path() has it.
  virtual void on_ice_selected() = 0;
  /// Checks failed or consent was lost (RFC 7675). May come before the first pair, when a later
  /// candidate can still mend it.
  virtual void on_ice_failed() = 0;
  /// An answer to check_consent(): the peer still wants what it is sent, or not any more.
  virtual void on_ice_consent(bool granted) = 0;
  /// Anything but STUN from a candidate that passed a check.
  virtual void on_ice_datagram(std::span<std::uint8_t> datagram, TimePoint arrived) = 0;

 protected:
  ~IceObserver() = default;
};

/// The selected pair.
struct IcePath {
  bool direct = false;  // UDP without relay: may be sent to past libnice, on `fd`
  int fd = -1;
  sockaddr_storage remote{};
  socklen_t remote_size = 0;
  std::string remote_text;  // "10.0.0.7:50012"
};

class IceTransport final : private ReadableHandler {
 public:
  static constexpr std::size_t kMaxRemoteCandidates = 64;

  /// Binds ports and gathers host candidates at once. Codes: "ice.address", "ice.no_address",
  /// "ice.no_port", "ice.create".
  static Result<std::unique_ptr<IceTransport>> create(TransportLoop& loop,
                                                      const TransportOptions& options,
                                                      bool controlling, TransportCounters& counters,
                                                      IceObserver& observer);
  ~IceTransport();
  IceTransport(const IceTransport&) = delete;
  IceTransport& operator=(const IceTransport&) = delete;

  /// RFC 8839 credentials and candidates; active TCP ones are left out, nobody can reach them.
  IceParameters local() const;
  /// Credentials and candidates of the peer; unusable candidates are skipped, malformed refused.
  Result<void> set_remote(const IceParameters& remote);
  Result<void> add_remote_candidate(const std::string& line);
  /// New local credentials; the old path carries media until a new one is selected.
  Result<IceParameters> restart(const IceParameters& remote);

  /// The session stands: libnice looks after its pairs seldom from now on, until a restart.
  void settle();

  const IcePath& path() const noexcept { return path_; }
  /// By libnice, on any kind of pair; for handshakes and TCP. False when it was not taken.
  bool send(std::span<const std::uint8_t> datagram) noexcept;
  /// Asks the peer of a direct pair, once, beside libnice, which does not tell of answers after it
  /// gave the pair up.
  void check_consent();
  /// The observer hears nothing any more.
  void detach() noexcept { observer_ = nullptr; }

 private:
  IceTransport(TransportLoop& loop, TransportCounters& counters, IceObserver& observer)
      : loop_(loop), counters_(counters), observer_(&observer) {}
  Result<void> open(const TransportOptions& options, bool controlling);
  Result<void> check_remote(const IceParameters& remote) const;
  void add_candidates(const std::vector<std::string>& lines);
  void on_readable(int fd) override;
  void read_direct();
  bool look_for_consent(std::span<const std::uint8_t> datagram);
  void iterate();
  void sync_with_glib();
  void arm(int timeout_ms);
  void watch(std::span<const _GPollFD> polled);
  void take_path(const _NiceCandidate* local, const _NiceCandidate* remote);
  void deliver(std::span<std::uint8_t> datagram);

  struct Callbacks;  // libnice's, in C
  class Entered;
  TransportLoop& loop_;
  TransportCounters& counters_;
  IceObserver* observer_;
  _NiceAgent* agent_ = nullptr;
  _GMainContext* context_ = nullptr;  // of this agent's sockets and timers alone
  int wake_up_ = -1;                  // the context's own descriptor
  int entered_ = 0;
  EventLoop::TimerId timer_ = 0;  // GLib's next time-out
  TimePoint timer_due_{};
  bool timed_ = false;  // inside of what it was armed for
  unsigned stream_ = 0;
  std::set<int> datagram_sockets_;
  struct Watched {
    int fd = -1;
    bool writable = false;  // libnice keeps something back until there is room
    bool operator==(const Watched&) const = default;
  };
  std::vector<Watched> watched_;  // as GLib keeps them
  std::vector<Watched> found_;    // scratch of watch()
  std::size_t remote_candidates_ = 0;
  bool controlling_ = false;
  IceParameters remote_;                   // credentials
  std::unique_ptr<ConsentCheck> consent_;  // while consent is in doubt
  IcePath path_;
};

}  // namespace diemcau::media
