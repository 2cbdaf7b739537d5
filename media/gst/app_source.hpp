#pragma once
// The entrance of a pipeline: live, in time format, bounded by a number of buffers and never by
// bytes (appsrc's default of 200 000 bytes is less than one 720p picture).

#include <cstdint>

#include "media/gst/pipeline.hpp"

namespace diemcau::media::gst {

/// What a full entrance drops.
enum class Drop { newest, oldest };

class AppSource {
 public:
  /// Borrows the element `name` (an appsrc) of `pipeline`, which must outlive this.
  AppSource(Pipeline& pipeline, const char* name, std::uint64_t max_buffers, Drop drop);

  /// Format of the buffers pushed from now on; may change between buffers.
  void set_caps(const Ptr<GstCaps>& caps);
  enum class Pushed { taken, taken_and_dropped_oldest, refused };
  /// Any one thread. `refused`: full (Drop::newest), or the pipeline is stopped.
  Pushed push(Ptr<GstBuffer> buffer);
  /// Buffers waiting; another thread may be taking some.
  std::uint64_t level() const noexcept;

 private:
  GstElement* source_;
  std::uint64_t max_buffers_;
  Drop drop_;
};

}  // namespace diemcau::media::gst
