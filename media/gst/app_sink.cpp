#include "media/gst/app_sink.hpp"

#include <gst/app/gstappsink.h>
#include <gst/video/gstvideometa.h>

namespace diemcau::media::gst {

AppSink::AppSink(Pipeline& pipeline, const char* name, SampleHandler handler, bool lists)
    : sink_(pipeline.element(name)), handler_(std::move(handler)) {
  // async=FALSE: a live pipeline has no first buffer to wait for before it plays.
  g_object_set(sink_, "sync", FALSE, "async", FALSE, "emit-signals", FALSE, "buffer-list",
               static_cast<gboolean>(lists), "enable-last-sample", FALSE, "qos", FALSE, nullptr);
  GstAppSinkCallbacks callbacks{};
  callbacks.new_sample = [](GstAppSink* sink, gpointer self) {
    auto sample = adopt(gst_app_sink_pull_sample(sink));
    if (sample) static_cast<AppSink*>(self)->handler_(std::move(sample));
    return GST_FLOW_OK;
  };
  gst_app_sink_set_callbacks(GST_APP_SINK(sink_), &callbacks, this, nullptr);
}

AppSink::~AppSink() {
  GstAppSinkCallbacks none{};
  gst_app_sink_set_callbacks(GST_APP_SINK(sink_), &none, nullptr, nullptr);
}

void AppSink::accept_video_meta() {
  auto pad = adopt(gst_element_get_static_pad(sink_, "sink"));
  gst_pad_add_probe(
      pad.get(), GST_PAD_PROBE_TYPE_QUERY_DOWNSTREAM,
      [](GstPad*, GstPadProbeInfo* info, gpointer) {
        GstQuery* query = GST_PAD_PROBE_INFO_QUERY(info);
        // Only on the way down (PUSH): the same probe sees the answer too.
        if (GST_QUERY_TYPE(query) != GST_QUERY_ALLOCATION) return GST_PAD_PROBE_OK;
        if (!gst_query_find_allocation_meta(query, GST_VIDEO_META_API_TYPE, nullptr)) {
          gst_query_add_allocation_meta(query, GST_VIDEO_META_API_TYPE, nullptr);
        }
        return GST_PAD_PROBE_HANDLED;
      },
      nullptr, nullptr);
}

}  // namespace diemcau::media::gst
