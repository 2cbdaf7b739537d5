#include "media/gst/pipeline_thread.hpp"

#include <vector>

#include <gtest/gtest.h>

namespace diemcau::media::gst {
namespace {

TEST(PipelineThread, runs_tasks_in_the_order_posted) {
  std::vector<int> ran;
  PipelineThread thread("test");
  for (int i = 0; i < 100; ++i) thread.post([&ran, i] { ran.push_back(i); });
  thread.drain();
  ASSERT_EQ(ran.size(), 100u);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(ran[static_cast<std::size_t>(i)], i);
}

TEST(PipelineThread, finishes_what_was_posted_before_it_ends) {
  int ran = 0;
  {
    PipelineThread thread("test");
    for (int i = 0; i < 10; ++i) thread.post([&ran] { ++ran; });
  }
  EXPECT_EQ(ran, 10);
}

}  // namespace
}  // namespace diemcau::media::gst
