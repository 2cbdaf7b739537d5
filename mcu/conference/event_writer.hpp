#pragma once
// Appends to the meetings' event log from the strands without blocking them: one thread, so that
// what a strand asked first is on disk first. What nobody waits for is written together, at once
// after a quiet moment and else when kGap is over: 266 sites that come within a second cost fifty
// waits for the disk.

#include <map>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>

#include "base/clock.hpp"
#include "base/events/event_log.hpp"
#include "base/metrics.hpp"
#include "mcu/meetings/ballot_box.hpp"

namespace diemcau::mcu {

class EventWriter {
 public:
  /// The longest that what was posted waits for more of its kind.
  static constexpr Duration kGap = std::chrono::milliseconds(20);

  EventWriter(EventLog& log, BallotBox& ballots, Metrics& metrics);
  /// Waits for what was posted.
  ~EventWriter();

  /// Resumes when the entry is on disk: for what is acknowledged to somebody.
  boost::asio::awaitable<Result<std::int64_t>> append(MeetingId meeting, NewEvent event);
  /// All or none; the number of the first.
  boost::asio::awaitable<Result<std::int64_t>> append(MeetingId meeting,
                                                      std::vector<NewEvent> events);
  /// A secret ballot and the entries that its seat has voted, or neither.
  boost::asio::awaitable<Result<void>> cast(MeetingId meeting, int vote, BallotBox::Sum ballot,
                                            std::vector<NewEvent> events);
  boost::asio::awaitable<Result<BallotBox::Sum>> count(MeetingId meeting, int vote);
  /// Everything the meeting's log holds, in order. Blocking.
  Result<std::vector<Event>> read_all(const MeetingId& meeting) const;
  /// For what nobody waits for; on disk before whatever its meeting asks for later. Bounded at
  /// 10 000 waiting entries; the newest is dropped, counted and logged as an error.
  void post(MeetingId meeting, NewEvent event);

 private:
  using Events = std::vector<NewEvent>;

  /// What was posted for the meeting and is not yet on its way to the disk.
  Events take(const MeetingId& meeting);
  void write_posted();
  void write(const MeetingId& meeting, std::span<const NewEvent> events);

  EventLog& log_;
  BallotBox& ballots_;
  Counter& dropped_;
  boost::asio::thread_pool pool_{1};
  std::mutex mutex_;  // guards what follows
  std::map<MeetingId, Events> posted_;
  int waiting_ = 0;   // posted and not yet written
  bool due_ = false;  // the timer runs
  std::chrono::steady_clock::time_point next_{};
  boost::asio::steady_timer timer_{pool_};
};

}  // namespace diemcau::mcu
