#pragma once
// Starting and stopping a meeting's recording, and what the pages are told of it. Lives on the
// conference's strand; the recorder itself on its own thread, disk work on the blocking pool.

#include <functional>
#include <memory>
#include <string>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/thread_pool.hpp>

#include "base/clock.hpp"
#include "base/metrics.hpp"
#include "mcu/meetings/meeting_store.hpp"
#include "media/stream/encoded_stream.hpp"
#include "recording/recorder.hpp"
#include "recording/sidecar.hpp"
#include "signaling/messages.hpp"

namespace diemcau::recording {
class Catalogue;
}

namespace diemcau::mcu {

class RecordingControl : public std::enable_shared_from_this<RecordingControl> {
 public:
  using Strand = boost::asio::strand<boost::asio::io_context::executor_type>;
  /// Borrowed; outlives every conference.
  struct Context {
    recording::Catalogue* catalogue = nullptr;
    boost::asio::thread_pool* blocking = nullptr;
    const Clock* clock = nullptr;
    Metrics* metrics = nullptr;
    std::uint64_t reserve_bytes = 512ull << 20;  // left free on the disk
  };
  /// On the strand: something the pages show has changed.
  using Changed = std::function<void(const signaling::RecordingView&)>;

  RecordingControl(Context context, Strand strand, const Meeting& meeting, Changed changed);

  /// Errors: recording.already (conflict), disk.full, disk.error.
  boost::asio::awaitable<Result<RecordingId>> start(std::shared_ptr<media::EncodedStream> video,
                                                    std::shared_ptr<media::EncodedStream> audio);
  /// Resumes when the file is an ordinary MP4. Errors: recording.none (conflict).
  boost::asio::awaitable<Result<void>> stop();

  /// What just happened in the room, at this moment of the recording; nothing while none runs. On
  /// disk soon after, in the order given.
  void mark(std::vector<recording::Mark> marks);

  bool active() const noexcept { return recorder_ != nullptr || starting_; }
  const signaling::RecordingView& view() const noexcept { return view_; }

 private:
  void on_status(RecordingId id, recording::RecorderStatus status);

  Context context_;
  Strand strand_;
  const MeetingId meeting_;
  Changed changed_;
  std::shared_ptr<recording::Recorder> recorder_;
  bool starting_ = false, stopping_ = false;
  signaling::RecordingView view_;
  TimePoint told_{};
};

}  // namespace diemcau::mcu
