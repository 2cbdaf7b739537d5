#include "mcu/checks/test_rooms.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <openssl/rand.h>

#include "base/log.hpp"
#include "mcu/checks/test_tone.hpp"

namespace diemcau::mcu {

namespace asio = boost::asio;
using namespace std::chrono_literals;

namespace {
constexpr Duration kLifetime = 2min;
constexpr Duration kSweep = 5s;
// What the probes of all rooms together may take of the server's own line: 8 Mbit/s.
constexpr std::size_t kProbesAtOnce = 2;
// The computers of a hall that share its link; no page fills all rooms by saying other numbers.
constexpr std::size_t kMostOfOwner = 4;

template <class Executor, class F>
auto on(const Executor& executor, F fn) {
  return asio::co_spawn(executor, std::move(fn), asio::use_awaitable);
}

std::string random_id() {
  static constexpr char kHex[] = "0123456789abcdef";
  std::array<unsigned char, 16> bytes{};
  if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1)
    throw std::runtime_error("no random bytes");
  std::string out;
  for (const auto byte : bytes) {
    out.push_back(kHex[byte >> 4]);
    out.push_back(kHex[byte & 15]);
  }
  return out;
}

Error not_found() {
  return make_error(Errc::not_found, "check.not_found", "there is no such test room");
}
}  // namespace

TestRooms::TestRooms(asio::io_context& io, const MediaContext& media, std::size_t most)
    : media_(media),
      strand_(asio::make_strand(io)),
      places_(most),
      probes_(kProbesAtOnce),
      tone_(make_test_tone()),
      sweeper_(strand_),
      open_(media.metrics->gauge("diemcau_check_rooms", "Test rooms open")),
      refused_(media.metrics->counter("diemcau_check_rooms_refused_total",
                                      "Test rooms refused for want of a place")) {
  asio::co_spawn(
      strand_, [this] { return sweep(); }, asio::detached);
}

TestRooms::~TestRooms() = default;

std::shared_ptr<CheckRoom> TestRooms::find(const std::string& id, const std::string& owner) const {
  const auto found = rooms_.find(id);
  // Somebody else's looks like none, so that ids cannot be tried.
  return found == rooms_.end() || found->second.owner != owner ? nullptr : found->second.room;
}

void TestRooms::make_room_for(const std::string& owner, const std::string& device) {
  std::vector<std::map<std::string, Kept>::iterator> others;
  for (auto each = rooms_.begin(); each != rooms_.end();) {
    const auto here = each++;
    if (here->second.owner != owner) continue;
    if (here->second.device != device) {
      others.push_back(here);
      continue;
    }
    here->second.room->close();
    rooms_.erase(here);
  }
  if (others.size() < kMostOfOwner) return;
  const auto oldest =
      *std::ranges::min_element(others, {}, [](const auto& each) { return each->second.until; });
  oldest->second.room->close();
  rooms_.erase(oldest);
}

TestRooms::Async<CheckOpened> TestRooms::open(std::string owner, std::string device,
                                              std::string offer) {
  auto work = [this, &owner, &device, &offer]() -> Async<CheckOpened> {
    if (closed_) co_return make_error(Errc::unavailable, "server.stopping", "the server stops");
    make_room_for(owner, device);
    auto place = places_.take();
    if (!place) {
      refused_.add();
      co_return make_error(Errc::full, "check.full",
                           "all " + std::to_string(places_.limit()) + " test rooms are taken");
    }
    auto room = std::make_shared<CheckRoom>(CheckRoom::Context{&media_, strand_, tone_, &probes_},
                                            std::move(place));
    CheckOpened opened;
    opened.id = random_id();
    opened.record = CheckRoom::kRecording;
    opened.lifetime = kLifetime;
    rooms_[opened.id] = {owner, device, room, media_.clock->now() + kLifetime};
    auto answer = co_await room->open(std::move(offer));
    if (!answer) {
      rooms_.erase(opened.id);
      co_return answer.error();
    }
    open_.set(static_cast<double>(places_.taken()));
    opened.sdp = std::move(*answer);
    co_return opened;
  };
  co_return co_await on(strand_, std::move(work));
}

TestRooms::Async<Duration> TestRooms::step(std::string id, std::string owner, CheckStep step) {
  auto work = [this, &id, &owner, step]() -> Async<Duration> {
    const auto room = find(id, owner);
    if (!room) co_return not_found();
    co_return room->begin(step);
  };
  co_return co_await on(strand_, std::move(work));
}

TestRooms::Async<CheckView> TestRooms::view(std::string id, std::string owner) {
  auto work = [this, &id, &owner]() -> Async<CheckView> {
    const auto room = find(id, owner);
    if (!room) co_return not_found();
    co_return room->view();
  };
  co_return co_await on(strand_, std::move(work));
}

TestRooms::Async<void> TestRooms::close(std::string id, std::string owner) {
  auto work = [this, &id, &owner]() -> Async<void> {
    const auto room = find(id, owner);
    if (!room) co_return not_found();
    room->close();
    rooms_.erase(id);
    open_.set(static_cast<double>(places_.taken()));
    co_return Result<void>();
  };
  co_return co_await on(strand_, std::move(work));
}

asio::awaitable<void> TestRooms::sweep() {
  while (!closed_) {
    sweeper_.expires_after(kSweep);
    boost::system::error_code ignored;
    co_await sweeper_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    const auto now = media_.clock->now();
    std::erase_if(rooms_, [now](const auto& each) {
      if (now < each.second.until) return false;
      each.second.room->close();
      return true;
    });
    open_.set(static_cast<double>(places_.taken()));
  }
}

asio::awaitable<void> TestRooms::close_all() {
  auto work = [this]() -> asio::awaitable<void> {
    closed_ = true;
    sweeper_.cancel();
    for (const auto& [id, kept] : rooms_) kept.room->close();
    rooms_.clear();
    co_return;
  };
  co_await on(strand_, std::move(work));
}

}  // namespace diemcau::mcu
