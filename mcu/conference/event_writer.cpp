#include "mcu/conference/event_writer.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "base/log.hpp"
#include "signaling/async.hpp"

namespace diemcau::mcu {
namespace {
constexpr int kMostWaiting = 10'000;
constexpr std::size_t kMostTogether = 1000;
}  // namespace

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
  auto ask = [this, &meeting, &event, before = take(meeting)] {
    write(meeting, before);
    return log_.append(meeting, event);
  };
  co_return co_await signaling::on_pool(pool_, std::move(ask));
}

boost::asio::awaitable<Result<std::int64_t>> EventWriter::append(MeetingId meeting,
                                                                 std::vector<NewEvent> events) {
  auto ask = [this, &meeting, &events, before = take(meeting)] {
    write(meeting, before);
    return log_.append(meeting, std::span<const NewEvent>(events));
  };
  co_return co_await signaling::on_pool(pool_, std::move(ask));
}

boost::asio::awaitable<Result<void>> EventWriter::cast(MeetingId meeting, int vote,
                                                       BallotBox::Sum ballot,
                                                       std::vector<NewEvent> events) {
  auto ask = [this, &meeting, vote, ballot, &events, before = take(meeting)] {
    write(meeting, before);
    return ballots_.cast(meeting, vote, ballot, events);
  };
  co_return co_await signaling::on_pool(pool_, std::move(ask));
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

EventWriter::Events EventWriter::take(const MeetingId& meeting) {
  const std::lock_guard lock(mutex_);
  auto posted = posted_.extract(meeting);
  return posted ? std::move(posted.mapped()) : Events();
}

void EventWriter::post(MeetingId meeting, NewEvent event) {
  {
    const std::lock_guard lock(mutex_);
    if (waiting_ < kMostWaiting) {
      ++waiting_;
      posted_[std::move(meeting)].push_back(std::move(event));
      if (std::exchange(due_, true)) return;
      timer_.expires_at(next_);
      timer_.async_wait([this](const boost::system::error_code&) { write_posted(); });
      return;
    }
  }
  dropped_.add();
  log::error("event log: {} of meeting {} dropped, the disk is too slow", event.kind,
             meeting.str());
}

void EventWriter::write_posted() {
  std::map<MeetingId, Events> posted;
  {
    const std::lock_guard lock(mutex_);
    due_ = false;
    next_ = std::chrono::steady_clock::now() + kGap;
    posted.swap(posted_);
  }
  for (const auto& [meeting, events] : posted) write(meeting, events);
}

void EventWriter::write(const MeetingId& meeting, std::span<const NewEvent> events) {
  const auto all = events;
  while (!events.empty()) {
    const auto together = events.first(std::min(events.size(), kMostTogether));
    events = events.subspan(together.size());
    const auto written = log_.append(meeting, together);
    if (written) continue;
    // Refused for one of them: the others are written. Anything else would fail for each as well.
    const bool apart = written.error().kind == Errc::invalid_argument && together.size() > 1;
    for (const auto& event : together) {
      const auto alone = apart ? log_.append(meeting, event) : written;
      if (!alone)
        log::error("event log: {} of meeting {} not written: {}", event.kind, meeting.str(),
                   alone.error().detail);
    }
  }
  const std::lock_guard lock(mutex_);
  waiting_ -= static_cast<int>(all.size());
}

}  // namespace diemcau::mcu
