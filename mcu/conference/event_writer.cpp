#include "mcu/conference/event_writer.hpp"

#include <algorithm>
#include <iterator>

#include "base/log.hpp"
#include "signaling/async.hpp"

namespace diemcau::mcu {
namespace {
constexpr int kMostWaiting = 10'000;
}

EventWriter::EventWriter(EventLog& log, BallotBox& ballots, Metrics& metrics)
    : log_(log),
      ballots_(ballots),
      dropped_(metrics.counter("diemcau_queue_dropped_total", "Items refused by a full queue",
                               {{"queue", "event-log"}})) {}

EventWriter::~EventWriter() {
  pool_.join();
}

boost::asio::awaitable<Result<std::int64_t>> EventWriter::append(MeetingId meeting,
                                                                 NewEvent event) {
  auto write = [this, &meeting, &event] { return log_.append(meeting, event); };
  co_return co_await signaling::on_pool(pool_, std::move(write));
}

boost::asio::awaitable<Result<std::int64_t>> EventWriter::append(MeetingId meeting,
                                                                 std::vector<NewEvent> events) {
  auto write = [this, &meeting, &events] {
    return log_.append(meeting, std::span<const NewEvent>(events));
  };
  co_return co_await signaling::on_pool(pool_, std::move(write));
}

boost::asio::awaitable<Result<void>> EventWriter::cast(MeetingId meeting, int vote,
                                                       BallotBox::Sum ballot,
                                                       std::vector<NewEvent> events) {
  auto write = [this, &meeting, vote, ballot, &events] {
    return ballots_.cast(meeting, vote, ballot, events);
  };
  co_return co_await signaling::on_pool(pool_, std::move(write));
}

boost::asio::awaitable<Result<BallotBox::Sum>> EventWriter::count(MeetingId meeting, int vote) {
  auto read = [this, &meeting, vote] { return ballots_.count(meeting, vote); };
  co_return co_await signaling::on_pool(pool_, std::move(read));
}

Result<std::vector<Event>> EventWriter::read_all(const MeetingId& meeting) const {
  std::vector<Event> all;
  for (;;) {
    auto some = log_.read(meeting, all.empty() ? 0 : all.back().seq);
    if (!some) return some.error();
    if (some->empty()) return all;
    std::ranges::move(*some, std::back_inserter(all));
  }
}

void EventWriter::post(MeetingId meeting, NewEvent event) {
  if (waiting_.fetch_add(1) >= kMostWaiting) {
    waiting_.fetch_sub(1);
    dropped_.add();
    log::error("event log: {} of meeting {} dropped, the disk is too slow", event.kind,
               meeting.str());
    return;
  }
  boost::asio::post(pool_, [this, meeting = std::move(meeting), event = std::move(event)] {
    const auto written = log_.append(meeting, event);
    waiting_.fetch_sub(1);
    if (!written)
      log::error("event log: {} of meeting {} not written: {}", event.kind, meeting.str(),
                 written.error().detail);
  });
}

}  // namespace diemcau::mcu
