#include "media/gst/runtime.hpp"

#include <mutex>
#include <string>

#include "media/gst/ptr.hpp"

namespace diemcau::media::gst {

namespace {
constexpr const char* kBase = "gstreamer1.0-plugins-base";
constexpr const char* kGood = "gstreamer1.0-plugins-good";
constexpr const char* kBad = "gstreamer1.0-plugins-bad";
constexpr const char* kUgly = "gstreamer1.0-plugins-ugly";
constexpr const char* kLibav = "gstreamer1.0-libav";

constexpr RequiredElement kRequired[] = {
    {"capsfilter", "libgstreamer1.0-0"},
    {"appsrc", kBase},
    {"appsink", kBase},
    {"rtph264pay", kGood},
    {"rtpvp8pay", kGood},
    {"vp8enc", kGood},
    {"avenc_aac", kLibav},
    {"openh264enc", kBad},
    {"x264enc", kUgly},
};

bool loads(const char* name) {
  auto factory = adopt(gst_element_factory_find(name));
  if (!factory) return false;
  // A plug-in whose library does not load is in the registry and useless.
  return adopt(gst_plugin_feature_load(GST_PLUGIN_FEATURE(factory.get()))) != nullptr;
}
}  // namespace

Result<void> initialize() {
  static std::once_flag once;
  static std::string failure;
  std::call_once(once, [] {
    GError* raw = nullptr;
    if (!gst_init_check(nullptr, nullptr, &raw)) {
      auto error = adopt(raw);
      failure = error ? error->message : "gst_init_check failed";
    }
  });
  if (!failure.empty()) return make_error(Errc::unavailable, "gst.init", failure);
  return {};
}

std::span<const RequiredElement> required_elements() {
  return kRequired;
}

Result<void> require_elements() {
  return require_elements(kRequired);
}

Result<void> require_elements(std::span<const RequiredElement> elements) {
  if (auto ready = initialize(); !ready) return ready.error();
  std::string missing;
  for (const auto& element : elements) {
    if (loads(element.name)) continue;
    if (!missing.empty()) missing += ", ";
    missing += std::string(element.name) + " (Debian package " + element.package + ")";
  }
  if (missing.empty()) return {};
  return make_error(Errc::unavailable, "gst.missing_element",
                    "GStreamer elements are missing: " + missing);
}

}  // namespace diemcau::media::gst

#if defined(__SANITIZE_THREAD__)
// GLib's mutexes are futexes of its own, which ThreadSanitizer cannot see: every hand-over through
// a GStreamer queue or task looks like a race. What does not pass through GStreamer is still told.
extern "C" const char* __tsan_default_suppressions();
extern "C" const char* __tsan_default_suppressions() {
  return "called_from_lib:libglib-2.0.so\n"
         "called_from_lib:libgobject-2.0.so\n"
         "called_from_lib:libgstreamer-1.0.so\n"
         "called_from_lib:libgstbase-1.0.so\n"
         "called_from_lib:libgstapp-1.0.so\n"
         "called_from_lib:libgstvideo-1.0.so\n"
         "race:libglib-2.0.so\n"
         "race:libgst\n"
         "mutex:libgst\n"
         "race:libpango\n"
         "mutex:libpango\n"
         "race:libfontconfig\n"
         "race:libopenh264\n"
         "race:libx264\n"
         "race:libvpx\n"
         "race:libav\n";
}
#endif

#if defined(__SANITIZE_ADDRESS__)
// GLib replaces its table of quarks as it grows and never frees the old one, which others may still
// be reading; fontconfig keeps its configuration. Both once per process.
extern "C" const char* __lsan_default_suppressions();
extern "C" const char* __lsan_default_suppressions() {
  return "leak:libglib-2.0.so\nleak:libfontconfig.so\n";
}
#endif
