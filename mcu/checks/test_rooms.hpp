#pragma once
// The test rooms by id: at most so many at once, one for each device and few for each owner, none
// for longer than it takes. Thread: its own strand.

#include <map>
#include <memory>
#include <string>

#include <boost/asio/steady_timer.hpp>

#include "mcu/checks/check_room.hpp"

namespace diemcau::mcu {

class TestRooms final : public CheckService {
 public:
  /// `media` is borrowed and outlives it; `most` rooms are open at once.
  TestRooms(boost::asio::io_context& io, const MediaContext& media, std::size_t most);
  ~TestRooms() override;

  Async<CheckOpened> open(std::string owner, std::string device, std::string offer) override;
  Async<Duration> step(std::string id, std::string owner, CheckStep step) override;
  Async<CheckView> view(std::string id, std::string owner) override;
  Async<void> close(std::string id, std::string owner) override;

  /// Every room ends. Then nothing may be asked.
  boost::asio::awaitable<void> close_all();

 private:
  struct Kept {
    std::string owner, device;
    std::shared_ptr<CheckRoom> room;
    TimePoint until{};
  };
  std::shared_ptr<CheckRoom> find(const std::string& id, const std::string& owner) const;
  void make_room_for(const std::string& owner, const std::string& device);
  boost::asio::awaitable<void> sweep();

  const MediaContext& media_;
  CheckRoom::Strand strand_;
  Places places_, probes_;
  std::shared_ptr<const media::Tone> tone_;
  std::map<std::string, Kept> rooms_;
  boost::asio::steady_timer sweeper_;
  bool closed_ = false;
  Gauge& open_;
  Counter& refused_;
};

}  // namespace diemcau::mcu
