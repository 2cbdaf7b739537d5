#include "mcu/conference/load_meter.hpp"

#include <algorithm>
#include <thread>

#include <sys/resource.h>

namespace diemcau::mcu {

namespace {
Duration of(const timeval& time) {
  return std::chrono::seconds(time.tv_sec) + std::chrono::microseconds(time.tv_usec);
}

Duration cpu_time() {
  rusage usage{};
  if (::getrusage(RUSAGE_SELF, &usage) != 0) return {};
  return of(usage.ru_utime) + of(usage.ru_stime);
}
}  // namespace

LoadMeter::LoadMeter(Metrics& metrics)
    : pictures_skipped_(metrics.counter("diemcau_mix_skipped_total",
                                        "Pictures not made because a tick came late")),
      sound_skipped_(metrics.counter("diemcau_audio_ticks_skipped_total",
                                     "Ticks of the sound mix given up for being too late")),
      level_(metrics.gauge("diemcau_shedding_level",
                           "What is shed: 0 nothing, 1 the wall, 2 also 1080p, 3 also frame rate")),
      cpu_(metrics.gauge("diemcau_cpu_share",
                         "CPU of this process over the last second, as a "
                         "share of all cores")) {}

LoadPolicy::Load LoadMeter::read(TimePoint now) {
  const auto used = cpu_time();
  const auto skipped = pictures_skipped_.value() + sound_skipped_.value();
  LoadPolicy::Load load;
  if (started_ && now > last_) {
    const double seconds = std::chrono::duration<double>(now - last_).count();
    const double cores = std::max(1u, std::thread::hardware_concurrency());
    load.cpu =
        std::clamp(std::chrono::duration<double>(used - used_).count() / seconds / cores, 0.0, 1.0);
    load.ticks_skipped = static_cast<double>(skipped - skipped_) / seconds;
  }
  started_ = true;
  last_ = now;
  used_ = used;
  skipped_ = skipped;
  return load;
}

void LoadMeter::show(const LoadPolicy::Load& load, int level) {
  level_.set(level);
  cpu_.set(load.cpu);
}

}  // namespace diemcau::mcu
