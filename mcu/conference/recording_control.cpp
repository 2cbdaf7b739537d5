#include "mcu/conference/recording_control.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/log.hpp"
#include "recording/catalogue.hpp"
#include "signaling/async.hpp"

namespace diemcau::mcu {

namespace asio = boost::asio;
using namespace std::chrono_literals;

namespace {
constexpr Duration kTellEvery = 5s;

std::string_view shown(recording::RecorderState state) {
  switch (state) {
    case recording::RecorderState::recording:
      return "recording";
    case recording::RecorderState::finishing:
      return "finishing";
    case recording::RecorderState::finished:
      return "none";
    case recording::RecorderState::failed:
      return "failed";
  }
  return "failed";
}
}  // namespace

RecordingControl::RecordingControl(Context context, Strand strand, const Meeting& meeting,
                                   Changed changed)
    : context_(std::move(context)),
      strand_(std::move(strand)),
      meeting_(meeting.id),
      changed_(std::move(changed)) {}

asio::awaitable<Result<RecordingId>> RecordingControl::start(
    std::shared_ptr<media::EncodedStream> video, std::shared_ptr<media::EncodedStream> audio) {
  const auto self = shared_from_this();
  if (active())
    co_return make_error(Errc::conflict, "recording.already", "the meeting is being recorded");
  starting_ = true;
  recording::RecorderOptions options;
  const auto now = context_.clock->wall();
  options.id = recording::new_recording_id(now);
  options.meeting = meeting_;
  options.reserve_bytes = context_.reserve_bytes;
  options.folder = context_.catalogue->folder_of(options.id);
  recording::RecorderEvents events;
  events.on_status = [weak = weak_from_this(), strand = strand_,
                      id = options.id](const recording::RecorderStatus& status) {
    asio::post(strand, [weak, id, status] {
      if (const auto alive = weak.lock()) alive->on_status(id, status);
    });
  };
  auto begin = [&]() -> Result<std::unique_ptr<recording::Recorder>> {
    auto recorder = recording::Recorder::start(options, video, audio, *context_.clock,
                                               *context_.metrics, events);
    if (!recorder) return recorder.error();
    // The folder is the truth; an index that could not be written is mended at the next start.
    if (auto listed = context_.catalogue->begin(options.id, meeting_, now); !listed)
      log::error("recording {} is not in the catalogue: {}", options.id.str(),
                 listed.error().detail);
    return recorder;
  };
  auto started = co_await signaling::on_pool(*context_.blocking, std::move(begin));
  starting_ = false;
  if (!started) {
    view_ = {};
    view_.state = "failed";
    view_.problem = started.error().code;
    changed_(view_);
    co_return started.error();
  }
  recorder_ = std::move(*started);
  view_ = {};
  view_.state = "recording";
  view_.id = options.id.str();
  view_.started_at = signaling::rfc3339(now);
  told_ = context_.clock->now();
  changed_(view_);
  log::info("meeting {}: recording {}", meeting_.str(), options.id.str());
  co_return options.id;
}

asio::awaitable<Result<void>> RecordingControl::stop() {
  const auto self = shared_from_this();
  if (!recorder_ || stopping_)
    co_return make_error(Errc::conflict, "recording.none", "nothing is being recorded");
  stopping_ = true;
  const auto recorder = recorder_;
  struct Finish {
    asio::steady_timer timer;
    std::optional<recording::RecorderStatus> status;
  };
  const auto finish = std::make_shared<Finish>(Finish{asio::steady_timer(strand_, 30s), {}});
  recorder->stop([finish, strand = strand_](const recording::RecorderStatus& status) {
    asio::post(strand, [finish, status] {
      finish->status = status;
      finish->timer.cancel();
    });
  });
  boost::system::error_code ignored;
  if (!finish->status)
    co_await finish->timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
  const auto& done = finish->status;
  stopping_ = false;
  recorder_ = nullptr;
  view_.state = "none";
  if (!done) {
    view_.state = "failed";
    view_.problem = "disk.slow";
    changed_(view_);
    co_return make_error(Errc::io, "disk.slow", "the recording was not finished within 30 s");
  }
  view_.length = std::chrono::duration_cast<std::chrono::milliseconds>(done->length).count();
  view_.problem = done->problem;
  if (done->state == recording::RecorderState::failed) view_.state = "failed";
  auto list = [this, id = RecordingId(view_.id)] { return context_.catalogue->end(id); };
  auto listed = co_await signaling::on_pool(*context_.blocking, std::move(list));
  if (!listed) log::error("recording {}: {}", view_.id, listed.error().detail);
  changed_(view_);
  log::info("meeting {}: recording {} finished, {} ms", meeting_.str(), view_.id, view_.length);
  co_return Result<void>();
}

void RecordingControl::mark(std::vector<recording::Mark> marks) {
  if (!recorder_ || marks.empty()) return;
  // On the recording's own timeline: the machine's clock may be set while it runs. Before the first
  // picture it has not begun; such a mark is placed by `at`.
  const auto zero = recorder_->status().zero;
  for (auto& mark : marks) {
    mark.at = context_.clock->wall();
    if (zero) mark.position = std::max(context_.clock->now() - *zero, Duration::zero());
  }
  asio::post(*context_.blocking, [marks = std::move(marks), id = RecordingId(view_.id),
                                  catalogue = context_.catalogue] {
    for (const auto& mark : marks)
      if (auto kept = catalogue->add_mark(id, mark); !kept)
        log::error("recording {}: a mark ({}) is lost: {}", id.str(), mark.kind,
                   kept.error().detail);
  });
}

void RecordingControl::on_status(RecordingId id, recording::RecorderStatus status) {
  if (id.str() != view_.id || !recorder_) return;
  const auto state = std::string(shown(status.state));
  const auto now = context_.clock->now();
  const bool changed = state != view_.state || status.problem != view_.problem;
  if (status.problem != view_.problem && !status.problem.empty())
    log::error("meeting {}: recording {}: {}", meeting_.str(), id.str(), status.problem);
  view_.state = state;
  view_.problem = status.problem;
  view_.length = std::chrono::duration_cast<std::chrono::milliseconds>(status.length).count();
  // It ended by itself (disk full): what was written is finished and kept.
  if (!stopping_ && (status.state == recording::RecorderState::finished ||
                     status.state == recording::RecorderState::failed)) {
    view_.state = status.problem.empty() ? "none" : "failed";
    auto ended = std::move(recorder_);
    recorder_ = nullptr;
    asio::post(*context_.blocking,
               [ended = std::move(ended), id, catalogue = context_.catalogue]() mutable {
                 ended.reset();
                 if (auto listed = catalogue->end(id); !listed)
                   log::error("recording {}: {}", id.str(), listed.error().detail);
               });
  }
  if (!changed && now - told_ < kTellEvery) return;
  told_ = now;
  changed_(view_);
  if (!recorder_) return;
  asio::post(*context_.blocking, [id, status, catalogue = context_.catalogue] {
    // A missed update is overtaken by the next.
    (void)catalogue->update(id, status);
  });
}

}  // namespace diemcau::mcu
