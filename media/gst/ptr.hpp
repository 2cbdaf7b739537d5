#pragma once
// Ownership of GStreamer objects in types. Each type that may be owned is listed here with the
// call that gives it back; the default is deleted, so an unlisted type does not compile.

#include <cstdint>
#include <memory>
#include <span>
#include <utility>

#include <gst/gst.h>

namespace diemcau::media::gst {

template <class T>
void release(T*) = delete;

// GObjects
inline void release(GstElement* p) {
  gst_object_unref(p);
}
inline void release(GstElementFactory* p) {
  gst_object_unref(p);
}
inline void release(GstPluginFeature* p) {
  gst_object_unref(p);
}
inline void release(GstBus* p) {
  gst_object_unref(p);
}
inline void release(GstPad* p) {
  gst_object_unref(p);
}
// GstMiniObjects
inline void release(GstBuffer* p) {
  gst_buffer_unref(p);
}
inline void release(GstBufferList* p) {
  gst_buffer_list_unref(p);
}
inline void release(GstSample* p) {
  gst_sample_unref(p);
}
inline void release(GstCaps* p) {
  gst_caps_unref(p);
}
inline void release(GstEvent* p) {
  gst_event_unref(p);
}
inline void release(GstMessage* p) {
  gst_message_unref(p);
}
// Plain GLib
inline void release(GError* p) {
  g_error_free(p);
}
inline void release(gchar* p) {
  g_free(p);
}

struct Deleter {
  template <class T>
  void operator()(T* p) const noexcept {
    release(p);
  }
};

template <class T>
using Ptr = std::unique_ptr<T, Deleter>;

/// Takes over a reference that the callee gave us ("transfer full").
template <class T>
Ptr<T> adopt(T* p) {
  return Ptr<T>(p);
}
/// Takes over a floating reference, as of a freshly made element.
template <class T>
Ptr<T> adopt_floating(T* p) {
  return Ptr<T>(p == nullptr ? nullptr : static_cast<T*>(gst_object_ref_sink(p)));
}
/// Adds a reference to what somebody else owns ("transfer none").
inline Ptr<GstSample> share(GstSample* p) {
  return Ptr<GstSample>(gst_sample_ref(p));
}
inline Ptr<GstBuffer> share(GstBuffer* p) {
  return Ptr<GstBuffer>(gst_buffer_ref(p));
}

/// A request pad: given back to its element, not only unreferenced.
class RequestPad {
 public:
  RequestPad() = default;
  RequestPad(GstElement* element, const char* name)
      : pad_(gst_element_request_pad_simple(element, name)) {}
  RequestPad(RequestPad&& other) noexcept : pad_(std::exchange(other.pad_, nullptr)) {}
  RequestPad& operator=(RequestPad&& other) noexcept {
    std::swap(pad_, other.pad_);
    return *this;
  }
  ~RequestPad() {
    if (pad_ == nullptr) return;
    if (GstElement* parent = gst_pad_get_parent_element(pad_)) {
      gst_element_release_request_pad(parent, pad_);
      gst_object_unref(parent);
    }
    gst_object_unref(pad_);
  }
  GstPad* get() const noexcept { return pad_; }
  explicit operator bool() const noexcept { return pad_ != nullptr; }

 private:
  GstPad* pad_ = nullptr;
};

/// The bytes of a buffer while this lives; empty when it could not be mapped.
class MappedBuffer {
 public:
  explicit MappedBuffer(GstBuffer* buffer, GstMapFlags flags = GST_MAP_READ)
      : buffer_(gst_buffer_map(buffer, &info_, flags) ? buffer : nullptr) {}
  MappedBuffer(const MappedBuffer&) = delete;
  MappedBuffer& operator=(const MappedBuffer&) = delete;
  ~MappedBuffer() {
    if (buffer_ != nullptr) gst_buffer_unmap(buffer_, &info_);
  }
  explicit operator bool() const noexcept { return buffer_ != nullptr; }
  std::span<std::uint8_t> bytes() const noexcept {
    return buffer_ != nullptr ? std::span{info_.data, info_.size} : std::span<std::uint8_t>{};
  }

 private:
  GstMapInfo info_ = GST_MAP_INFO_INIT;
  GstBuffer* buffer_;
};

}  // namespace diemcau::media::gst
