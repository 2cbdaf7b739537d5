#include "base/metrics.hpp"

#include <gtest/gtest.h>

namespace diemcau {
namespace {

bool has_line(const std::string& text, const std::string& line) {
  return ("\n" + text).find("\n" + line + "\n") != std::string::npos;
}

TEST(Metrics, shows_counters_as_prometheus_reads_them) {
  Metrics metrics;
  metrics.counter("diemcau_packets_total", "Packets", {{"kind", "rtp"}}).add(3);
  metrics.counter("diemcau_packets_total", "Packets", {{"kind", "rtcp"}}).add();
  const std::string text = metrics.text();
  EXPECT_TRUE(has_line(text, "# HELP diemcau_packets_total Packets")) << text;
  EXPECT_TRUE(has_line(text, "# TYPE diemcau_packets_total counter")) << text;
  EXPECT_TRUE(has_line(text, "diemcau_packets_total{kind=\"rtp\"} 3")) << text;
  EXPECT_TRUE(has_line(text, "diemcau_packets_total{kind=\"rtcp\"} 1")) << text;
}

TEST(Metrics, gives_the_same_counter_for_the_same_name_and_labels) {
  Metrics metrics;
  Counter& first = metrics.counter("a_total", "A", {{"x", "1"}});
  EXPECT_EQ(&first, &metrics.counter("a_total", "A", {{"x", "1"}}));
  EXPECT_NE(&first, &metrics.counter("a_total", "A", {{"x", "2"}}));
}

TEST(Metrics, counts_histograms_cumulatively_with_an_infinite_last_bucket) {
  Metrics metrics;
  Histogram& mix = metrics.histogram("diemcau_mix_seconds", "Mixing", {0.01, 0.1});
  mix.observe(0.005);
  mix.observe(0.01);  // a bound belongs to its bucket
  mix.observe(0.05);
  mix.observe(7);
  const std::string text = metrics.text();
  EXPECT_TRUE(has_line(text, "diemcau_mix_seconds_bucket{le=\"0.01\"} 2")) << text;
  EXPECT_TRUE(has_line(text, "diemcau_mix_seconds_bucket{le=\"0.1\"} 3")) << text;
  EXPECT_TRUE(has_line(text, "diemcau_mix_seconds_bucket{le=\"+Inf\"} 4")) << text;
  EXPECT_TRUE(has_line(text, "diemcau_mix_seconds_count 4")) << text;
}

TEST(Metrics, shows_gauges_and_forgets_what_was_removed) {
  Metrics metrics;
  metrics.gauge("diemcau_sites", "Sites", {{"meeting", "m1"}}).set(5);
  metrics.gauge("diemcau_sites", "Sites", {{"meeting", "m2"}}).set(6);
  EXPECT_TRUE(has_line(metrics.text(), "diemcau_sites{meeting=\"m1\"} 5")) << metrics.text();
  metrics.remove("diemcau_sites", {{"meeting", "m1"}});
  EXPECT_EQ(metrics.text().find("m1"), std::string::npos);
  EXPECT_NE(metrics.text().find("m2"), std::string::npos);
}

TEST(Metrics, keeps_label_values_from_breaking_the_text) {
  Metrics metrics;
  metrics.counter("a_total", "A", {{"x", "say \"hi\"\nback\\slash"}}).add();
  const std::string text = metrics.text();
  EXPECT_TRUE(has_line(text, R"(a_total{x="say \"hi\"\nback\\slash"} 1)")) << text;
}

}  // namespace
}  // namespace diemcau
