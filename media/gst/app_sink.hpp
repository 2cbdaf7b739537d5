#pragma once
// The exit of a pipeline: hands over each sample as it comes, on the streaming thread, without
// waiting for a clock.

#include <functional>

#include "media/gst/pipeline.hpp"

namespace diemcau::media::gst {

class AppSink {
 public:
  /// Streaming thread: must not block. A sample holds one buffer, or with `lists` perhaps a list.
  using SampleHandler = std::function<void(Ptr<GstSample>)>;

  /// Borrows the element `name` (an appsink) of `pipeline`. This must outlive the playing of it:
  /// stop the pipeline first.
  AppSink(Pipeline& pipeline, const char* name, SampleHandler handler, bool lists = false);
  ~AppSink();
  AppSink(const AppSink&) = delete;
  AppSink& operator=(const AppSink&) = delete;

  /// Lets a decoder hand over its own buffers with their strides instead of a packed copy.
  void accept_video_meta();

 private:
  GstElement* sink_;
  SampleHandler handler_;
};

}  // namespace diemcau::media::gst
