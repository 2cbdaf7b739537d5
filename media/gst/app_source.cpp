#include "media/gst/app_source.hpp"

#include <gst/app/gstappsrc.h>

namespace diemcau::media::gst {

AppSource::AppSource(Pipeline& pipeline, const char* name, std::uint64_t max_buffers, Drop drop)
    : source_(pipeline.element(name)), max_buffers_(max_buffers), drop_(drop) {
  g_object_set(source_, "is-live", TRUE, "format", GST_FORMAT_TIME, "block", FALSE, "emit-signals",
               FALSE, "max-bytes", guint64{0}, "max-time", guint64{0}, "max-buffers",
               guint64{max_buffers}, "leaky-type",
               drop == Drop::oldest ? GST_APP_LEAKY_TYPE_DOWNSTREAM : GST_APP_LEAKY_TYPE_NONE,
               "min-latency", gint64{0}, nullptr);
}

void AppSource::set_caps(const Ptr<GstCaps>& caps) {
  gst_app_src_set_caps(GST_APP_SRC(source_), caps.get());
}

std::uint64_t AppSource::level() const noexcept {
  return gst_app_src_get_current_level_buffers(GST_APP_SRC(source_));
}

AppSource::Pushed AppSource::push(Ptr<GstBuffer> buffer) {
  const bool full = level() >= max_buffers_;
  if (full && drop_ == Drop::newest) return Pushed::refused;
  if (gst_app_src_push_buffer(GST_APP_SRC(source_), buffer.release()) != GST_FLOW_OK) {
    return Pushed::refused;
  }
  return full ? Pushed::taken_and_dropped_oldest : Pushed::taken;
}

}  // namespace diemcau::media::gst
