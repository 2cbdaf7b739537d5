#pragma once
// One GStreamer pipeline. Errors come through a synchronous bus handler, on whichever streaming
// thread met them: there is no GLib main loop and nothing to poll. Every message is consumed
// there, so that the bus never fills.

#include <atomic>
#include <functional>
#include <memory>
#include <string>

#include "base/result.hpp"
#include "media/gst/ptr.hpp"

namespace diemcau::media::gst {

class Pipeline {
 public:
  /// Called at most once between play() and stop(), on a streaming thread: must only set a flag or
  /// post. The text is GStreamer's, for the log.
  using ErrorHandler = std::function<void(const std::string& what)>;

  /// `description`: gst-launch syntax, made by us and never from outside bytes.
  static Result<std::unique_ptr<Pipeline>> parse(const std::string& description,
                                                 ErrorHandler on_error);
  ~Pipeline();
  Pipeline(const Pipeline&) = delete;
  Pipeline& operator=(const Pipeline&) = delete;

  /// The element named so in the description; never null (a wrong name is a bug and aborts).
  GstElement* element(const char* name) const;
  /// May be called again after stop(): elements begin anew.
  Result<void> play();
  /// Joins the streaming threads: not from one of them. Idempotent.
  void stop() noexcept;
  bool failed() const noexcept { return failed_.load(std::memory_order_acquire); }

 private:
  Pipeline(Ptr<GstElement> bin, ErrorHandler on_error);
  static GstBusSyncReply on_message(GstBus*, GstMessage* message, gpointer self);

  ErrorHandler on_error_;
  std::atomic<bool> failed_{false};
  Ptr<GstElement> bin_;
  Ptr<GstBus> bus_;
};

}  // namespace diemcau::media::gst
