#pragma once
// Appends to the meetings' event log from the strands without blocking them: one thread, so that
// what a strand asked first is on disk first.

#include <atomic>
#include <string>
#include <vector>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/thread_pool.hpp>

#include "base/events/event_log.hpp"
#include "base/metrics.hpp"
#include "mcu/meetings/ballot_box.hpp"

namespace diemcau::mcu {

class EventWriter {
 public:
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
  /// For what nobody waits for. Bounded at 10 000 waiting entries; the newest is dropped, counted
  /// and logged as an error.
  void post(MeetingId meeting, NewEvent event);

 private:
  EventLog& log_;
  BallotBox& ballots_;
  Counter& dropped_;
  std::atomic<int> waiting_{0};
  boost::asio::thread_pool pool_{1};
};

}  // namespace diemcau::mcu
