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

namespace diemcau::mcu {

class EventWriter {
 public:
  EventWriter(EventLog& log, Metrics& metrics);
  /// Waits for what was posted.
  ~EventWriter();

  /// Resumes when the entry is on disk: for what is acknowledged to somebody.
  boost::asio::awaitable<Result<std::int64_t>> append(MeetingId meeting, NewEvent event);
  /// All or none; the number of the first.
  boost::asio::awaitable<Result<std::int64_t>> append(MeetingId meeting,
                                                      std::vector<NewEvent> events);
  /// Everything the meeting's log holds, in order. Blocking.
  Result<std::vector<Event>> read_all(const MeetingId& meeting) const;
  /// For what nobody waits for. Bounded at 10 000 waiting entries; the newest is dropped, counted
  /// and logged as an error.
  void post(MeetingId meeting, NewEvent event);

 private:
  EventLog& log_;
  Counter& dropped_;
  std::atomic<int> waiting_{0};
  boost::asio::thread_pool pool_{1};
};

}  // namespace diemcau::mcu
