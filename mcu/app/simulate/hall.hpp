#pragma once
// What the people of a simulated site do while the meeting takes its course: answer the roll call,
// ask for the floor once, speak while they have it, vote. Messages in, requests out: pure. Belongs
// to its site's strand.

#include <cstdint>
#include <string>
#include <vector>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

namespace diemcau::mcu {

class Hall {
 public:
  /// `number` decides who sits there and what they vote. `asks`: for the floor, when it came in.
  Hall(unsigned number, bool asks) : number_(number), asks_(asks) {}

  /// `message` of the server as PROTOCOL.md has it; what is said to it, in order, without ids.
  std::vector<boost::json::object> hear(const boost::json::value& message);
  bool has_floor() const noexcept { return has_floor_; }

 private:
  struct Vote {
    std::int64_t number = 0;
    bool open = false, by_delegate = false, has_mine = false;
  };
  void take(const boost::json::object& control);
  /// What the state asks of somebody who sits in the room.
  std::vector<boost::json::object> act();
  boost::json::object answer() const;
  boost::json::object ballot() const;

  const unsigned number_;
  const bool asks_;
  std::string seat_;
  bool inside_ = false, asked_ = false, has_floor_ = false;
  bool roll_call_ = false, answered_ = false;
  Vote vote_;
};

}  // namespace diemcau::mcu
