#include "base/metrics.hpp"

#include <limits>

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

namespace diemcau {

Histogram::Histogram(std::vector<double> bounds)
    : bounds_(std::move(bounds)), counts_(bounds_.size() + 1) {}

void Histogram::observe(double v) noexcept {
  std::size_t i = 0;
  while (i < bounds_.size() && v > bounds_[i]) ++i;
  counts_[i].add();
  sum_.add(v);
}

namespace {
enum Type { kCounter, kGauge, kHistogram };

prometheus::ClientMetric labelled(const Labels& labels) {
  prometheus::ClientMetric metric;
  for (const auto& [name, value] : labels) {
    prometheus::ClientMetric::Label label;
    label.name = name;
    label.value = value;
    metric.label.push_back(std::move(label));
  }
  return metric;
}
}  // namespace

struct Metrics::Family {
  std::string name, help;
  int type;
  std::map<Labels, std::unique_ptr<Counter>> counters;
  std::map<Labels, std::unique_ptr<Gauge>> gauges;
  std::map<Labels, std::unique_ptr<Histogram>> histograms;
};

Metrics::Metrics() = default;
Metrics::~Metrics() = default;

Metrics::Family& Metrics::family(const std::string& name, const std::string& help, int type) {
  auto& slot = families_[name];
  if (!slot) slot.reset(new Family{name, help, type, {}, {}, {}});
  return *slot;
}

Counter& Metrics::counter(const std::string& name, const std::string& help, const Labels& labels) {
  std::lock_guard lock(mutex_);
  auto& entry = family(name, help, kCounter).counters[labels];
  if (!entry) entry = std::make_unique<Counter>();
  return *entry;
}

Gauge& Metrics::gauge(const std::string& name, const std::string& help, const Labels& labels) {
  std::lock_guard lock(mutex_);
  auto& entry = family(name, help, kGauge).gauges[labels];
  if (!entry) entry = std::make_unique<Gauge>();
  return *entry;
}

Histogram& Metrics::histogram(const std::string& name, const std::string& help,
                              const std::vector<double>& bounds, const Labels& labels) {
  std::lock_guard lock(mutex_);
  auto& entry = family(name, help, kHistogram).histograms[labels];
  if (!entry) entry = std::make_unique<Histogram>(bounds);
  return *entry;
}

void Metrics::remove(const std::string& name, const Labels& labels) {
  std::lock_guard lock(mutex_);
  const auto found = families_.find(name);
  if (found == families_.end()) return;
  found->second->counters.erase(labels);
  found->second->gauges.erase(labels);
  found->second->histograms.erase(labels);
}

std::string Metrics::text() const {
  std::vector<prometheus::MetricFamily> out;
  {
    std::lock_guard lock(mutex_);
    for (const auto& [name, family] : families_) {
      prometheus::MetricFamily mf;
      mf.name = name;
      mf.help = family->help;
      for (const auto& [labels, counter] : family->counters) {
        mf.type = prometheus::MetricType::Counter;
        auto metric = labelled(labels);
        metric.counter.value = static_cast<double>(counter->value());
        mf.metric.push_back(std::move(metric));
      }
      for (const auto& [labels, gauge] : family->gauges) {
        mf.type = prometheus::MetricType::Gauge;
        auto metric = labelled(labels);
        metric.gauge.value = gauge->value();
        mf.metric.push_back(std::move(metric));
      }
      for (const auto& [labels, histogram] : family->histograms) {
        mf.type = prometheus::MetricType::Histogram;
        auto metric = labelled(labels);
        std::uint64_t cumulative = 0;
        for (std::size_t i = 0; i <= histogram->bounds().size(); ++i) {
          cumulative += histogram->bucket(i);
          prometheus::ClientMetric::Bucket bucket;
          bucket.cumulative_count = cumulative;
          bucket.upper_bound = i < histogram->bounds().size()
                                   ? histogram->bounds()[i]
                                   : std::numeric_limits<double>::infinity();
          metric.histogram.bucket.push_back(bucket);
        }
        metric.histogram.sample_count = cumulative;
        metric.histogram.sample_sum = histogram->sum();
        mf.metric.push_back(std::move(metric));
      }
      if (!mf.metric.empty()) out.push_back(std::move(mf));
    }
  }
  return prometheus::TextSerializer().Serialize(out);
}

}  // namespace diemcau
