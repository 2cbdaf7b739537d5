#include "media/gst/pipeline.hpp"

#include <condition_variable>
#include <mutex>
#include <vector>

#include <gtest/gtest.h>

#include "media/gst/app_sink.hpp"
#include "media/gst/app_source.hpp"
#include "media/gst/runtime.hpp"

namespace diemcau::media::gst {
namespace {

using namespace std::chrono_literals;

/// Collects what comes on a streaming thread and lets the test wait for it.
template <class T>
class Inbox {
 public:
  void put(T value) {
    {
      std::lock_guard lock(mutex_);
      values_.push_back(std::move(value));
    }
    changed_.notify_all();
  }
  std::vector<T> wait_for(std::size_t n) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, 10s, [&] { return values_.size() >= n; });
    return values_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<T> values_;
};

Ptr<GstBuffer> numbered(std::uint8_t n) {
  auto buffer = adopt(gst_buffer_new_allocate(nullptr, 1, nullptr));
  MappedBuffer mapped(buffer.get(), GST_MAP_WRITE);
  mapped.bytes()[0] = n;
  return buffer;
}
std::uint8_t number_of(const Ptr<GstSample>& sample) {
  return MappedBuffer(gst_sample_get_buffer(sample.get())).bytes()[0];
}

TEST(Pipeline, refuses_a_description_with_an_unknown_element) {
  auto pipeline = Pipeline::parse("appsrc ! no_such_element ! fakesink", nullptr);
  ASSERT_FALSE(pipeline);
  EXPECT_EQ(pipeline.error().code, "gst.pipeline");
}

TEST(Pipeline, tells_of_an_error_once_and_without_a_main_loop) {
  Inbox<std::string> errors;
  // Compressed bytes of unknown type cannot become a raw picture: negotiation fails when they come.
  auto pipeline = *Pipeline::parse(
      "appsrc name=in ! capsfilter caps=video/x-raw,format=I420 ! appsink name=out",
      [&](const std::string& what) { errors.put(what); });
  AppSource source(*pipeline, "in", 8, Drop::newest);
  AppSink sink(*pipeline, "out", [](const Ptr<GstSample>&) {});
  source.set_caps(adopt(gst_caps_from_string("audio/x-raw,format=S16LE")));
  ASSERT_TRUE(pipeline->play());
  (void)source.push(numbered(0));
  EXPECT_EQ(errors.wait_for(1).size(), 1u);
  EXPECT_TRUE(pipeline->failed());
  pipeline->stop();
  EXPECT_EQ(errors.wait_for(1).size(), 1u);
}

TEST(Pipeline, plays_again_after_being_stopped) {
  Inbox<int> seen;
  auto pipeline = *Pipeline::parse("appsrc name=in ! appsink name=out", nullptr);
  AppSource source(*pipeline, "in", 8, Drop::newest);
  AppSink sink(*pipeline, "out", [&](const Ptr<GstSample>& s) { seen.put(number_of(s)); });
  ASSERT_TRUE(pipeline->play());
  ASSERT_EQ(source.push(numbered(1)), AppSource::Pushed::taken);
  ASSERT_EQ(seen.wait_for(1), std::vector<int>({1}));
  pipeline->stop();
  EXPECT_EQ(source.push(numbered(2)), AppSource::Pushed::refused);
  ASSERT_TRUE(pipeline->play());
  ASSERT_EQ(source.push(numbered(3)), AppSource::Pushed::taken);
  EXPECT_EQ(seen.wait_for(2), std::vector<int>({1, 3}));
}

/// A sink that holds the streaming thread until told.
struct Gate {
  std::mutex mutex;
  std::condition_variable changed;
  bool reached = false, open = false;
  void pass() {
    std::unique_lock lock(mutex);
    reached = true;
    changed.notify_all();
    changed.wait_for(lock, 10s, [&] { return open; });
  }
  void wait_reached() {
    std::unique_lock lock(mutex);
    changed.wait_for(lock, 10s, [&] { return reached; });
  }
  void release() {
    std::lock_guard lock(mutex);
    open = true;
    changed.notify_all();
  }
};

TEST(AppSource, drops_the_oldest_when_told_so) {
  Gate gate;
  Inbox<int> seen;
  auto pipeline = *Pipeline::parse("appsrc name=in ! appsink name=out", nullptr);
  AppSource source(*pipeline, "in", 2, Drop::oldest);
  AppSink sink(*pipeline, "out", [&](const Ptr<GstSample>& s) {
    gate.pass();
    seen.put(number_of(s));
  });
  ASSERT_TRUE(pipeline->play());
  (void)source.push(numbered(1));
  gate.wait_reached();  // 1 is in work, the queue is empty
  EXPECT_EQ(source.push(numbered(2)), AppSource::Pushed::taken);
  EXPECT_EQ(source.push(numbered(3)), AppSource::Pushed::taken);
  EXPECT_EQ(source.push(numbered(4)), AppSource::Pushed::taken_and_dropped_oldest);
  gate.release();
  EXPECT_EQ(seen.wait_for(3), std::vector<int>({1, 3, 4}));
  pipeline->stop();
}

TEST(AppSource, refuses_the_newest_when_told_so) {
  Gate gate;
  Inbox<int> seen;
  auto pipeline = *Pipeline::parse("appsrc name=in ! appsink name=out", nullptr);
  AppSource source(*pipeline, "in", 2, Drop::newest);
  AppSink sink(*pipeline, "out", [&](const Ptr<GstSample>& s) {
    gate.pass();
    seen.put(number_of(s));
  });
  ASSERT_TRUE(pipeline->play());
  (void)source.push(numbered(1));
  gate.wait_reached();
  EXPECT_EQ(source.push(numbered(2)), AppSource::Pushed::taken);
  EXPECT_EQ(source.push(numbered(3)), AppSource::Pushed::taken);
  EXPECT_EQ(source.push(numbered(4)), AppSource::Pushed::refused);
  gate.release();
  EXPECT_EQ(seen.wait_for(3), std::vector<int>({1, 2, 3}));
  pipeline->stop();
}

TEST(Ptr, gives_references_back) {
  ASSERT_TRUE(initialize());
  auto buffer = numbered(7);
  auto other = share(buffer.get());
  EXPECT_EQ(GST_MINI_OBJECT_REFCOUNT_VALUE(buffer.get()), 2);
  other.reset();
  EXPECT_EQ(GST_MINI_OBJECT_REFCOUNT_VALUE(buffer.get()), 1);
}

}  // namespace
}  // namespace diemcau::media::gst
