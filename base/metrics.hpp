#pragma once
// Counters for the packet path and what /metrics shows. Adding is one relaxed atomic; names and
// labels are resolved once, at construction of whoever counts.

#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace diemcau {

class Counter {
 public:
  void add(std::uint64_t n = 1) noexcept { value_.fetch_add(n, std::memory_order_relaxed); }
  std::uint64_t value() const noexcept { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

class Gauge {
 public:
  void set(double v) noexcept { value_.store(v, std::memory_order_relaxed); }
  void add(double v) noexcept { value_.fetch_add(v, std::memory_order_relaxed); }
  double value() const noexcept { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<double> value_{0};
};

/// Cumulative buckets as Prometheus counts them; upper bounds in ascending order.
class Histogram {
 public:
  explicit Histogram(std::vector<double> bounds);
  void observe(double v) noexcept;

  const std::vector<double>& bounds() const noexcept { return bounds_; }
  std::uint64_t bucket(std::size_t i) const noexcept { return counts_[i].value(); }
  double sum() const noexcept { return sum_.value(); }

 private:
  std::vector<double> bounds_;
  std::deque<Counter> counts_;  // one more than bounds: +Inf
  Gauge sum_;
};

using Labels = std::map<std::string, std::string>;

/// The registry. Any thread; lookups take a lock, so keep the reference. Entries live as long as
/// the registry: label values must come from a bounded set (never names given by a client).
class Metrics {
 public:
  Metrics();
  ~Metrics();
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  Counter& counter(const std::string& name, const std::string& help, const Labels& labels = {});
  Gauge& gauge(const std::string& name, const std::string& help, const Labels& labels = {});
  Histogram& histogram(const std::string& name, const std::string& help,
                       const std::vector<double>& bounds, const Labels& labels = {});
  /// Removes one labelled entry, e.g. of a closed meeting. References to it become invalid.
  void remove(const std::string& name, const Labels& labels);

  /// Prometheus text exposition format 0.0.4.
  std::string text() const;

 private:
  struct Family;
  mutable std::mutex mutex_;
  std::map<std::string, std::unique_ptr<Family>> families_;
  Family& family(const std::string& name, const std::string& help, int type);
};

}  // namespace diemcau
