#include "media/gst/pipeline.hpp"

#include <cstdlib>

#include "base/log.hpp"
#include "media/gst/runtime.hpp"

namespace diemcau::media::gst {

Result<std::unique_ptr<Pipeline>> Pipeline::parse(const std::string& description,
                                                  ErrorHandler on_error) {
  if (auto ready = initialize(); !ready) return ready.error();
  GError* raw = nullptr;
  auto bin = adopt_floating(
      gst_parse_launch_full(description.c_str(), nullptr, GST_PARSE_FLAG_FATAL_ERRORS, &raw));
  auto error = adopt(raw);
  if (!bin || error) {
    return make_error(Errc::unavailable, "gst.pipeline",
                      error ? error->message : "the pipeline could not be built");
  }
  if (!GST_IS_PIPELINE(bin.get())) {
    return make_error(Errc::internal, "gst.pipeline", "the description is a single element");
  }
  return std::unique_ptr<Pipeline>(new Pipeline(std::move(bin), std::move(on_error)));
}

Pipeline::Pipeline(Ptr<GstElement> bin, ErrorHandler on_error)
    : on_error_(std::move(on_error)),
      bin_(std::move(bin)),
      bus_(adopt(gst_element_get_bus(bin_.get()))) {
  gst_bus_set_sync_handler(bus_.get(), &Pipeline::on_message, this, nullptr);
}

Pipeline::~Pipeline() {
  stop();
  gst_bus_set_sync_handler(bus_.get(), nullptr, nullptr, nullptr);
}

GstElement* Pipeline::element(const char* name) const {
  GstElement* found = gst_bin_get_by_name(GST_BIN(bin_.get()), name);
  if (found == nullptr) {
    log::error("pipeline has no element named {}", name);
    std::abort();
  }
  gst_object_unref(found);  // the bin keeps it as long as this lives
  return found;
}

Result<void> Pipeline::play() {
  failed_.store(false, std::memory_order_release);
  if (gst_element_set_state(bin_.get(), GST_STATE_PLAYING) == GST_STATE_CHANGE_FAILURE) {
    return make_error(Errc::unavailable, "gst.play", "the pipeline did not start");
  }
  return {};
}

void Pipeline::stop() noexcept {
  gst_element_set_state(bin_.get(), GST_STATE_NULL);
}

GstBusSyncReply Pipeline::on_message(GstBus*, GstMessage* raw, gpointer data) {
  auto& self = *static_cast<Pipeline*>(data);
  auto message = adopt(raw);  // a handler that answers DROP owns the message
  if (GST_MESSAGE_TYPE(message.get()) != GST_MESSAGE_ERROR) return GST_BUS_DROP;
  if (self.failed_.exchange(true, std::memory_order_acq_rel)) return GST_BUS_DROP;
  GError* raw_error = nullptr;
  gchar* raw_detail = nullptr;
  gst_message_parse_error(message.get(), &raw_error, &raw_detail);
  auto error = adopt(raw_error);
  auto detail = adopt(raw_detail);
  std::string what = error ? error->message : "unknown error";
  if (detail) what += std::string(" (") + detail.get() + ")";
  if (self.on_error_) self.on_error_(what);
  return GST_BUS_DROP;
}

}  // namespace diemcau::media::gst
