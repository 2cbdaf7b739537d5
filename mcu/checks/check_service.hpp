#pragma once
// What the API may ask of the test rooms. Implemented by TestRooms; every call may come from any
// I/O thread.

#include <optional>
#include <string>

#include <boost/asio/awaitable.hpp>

#include "base/clock.hpp"
#include "base/result.hpp"

namespace diemcau::mcu {

struct CheckOpened {
  std::string id;       // unguessable: 128 random bits
  std::string sdp;      // the answer
  Duration record{};    // how long a recording is
  Duration lifetime{};  // after which the room closes by itself
};

enum class CheckStep {
  record,  // keep what arrives
  play,    // play it back
  tone,    // play the test signal
  probe,   // fill the line down for two seconds
};

struct CheckView {
  enum class State { connecting, ready, busy, closed };
  State state = State::connecting;
  std::string doing;  // name of the step while busy
  struct Kept {
    std::size_t sound_packets = 0, picture_packets = 0, bytes = 0;
    bool cut = false;
  };
  std::optional<Kept> recorded;
  /// What arrived from the site in its best second so far, bit/s of payload.
  double uplink_best = 0;
};

class CheckService {
 public:
  template <class T>
  using Async = boost::asio::awaitable<Result<T>>;

  virtual ~CheckService() = default;

  /// Each device of an owner has one room: another one takes its place. `device`: the page's own
  /// number for it, empty when it says none. Of all of an owner's there are four at most: beyond
  /// that the oldest makes room. Errors: check.full, sdp.*.
  virtual Async<CheckOpened> open(std::string owner, std::string device, std::string offer) = 0;
  /// How long the step takes. Errors: check.not_found, check.not_connected, check.busy,
  /// check.nothing_recorded, check.line_busy.
  virtual Async<Duration> step(std::string id, std::string owner, CheckStep step) = 0;
  virtual Async<CheckView> view(std::string id, std::string owner) = 0;
  virtual Async<void> close(std::string id, std::string owner) = 0;
};

}  // namespace diemcau::mcu
