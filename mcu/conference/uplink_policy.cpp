#include "mcu/conference/uplink_policy.hpp"

namespace diemcau::mcu {
namespace {
constexpr signaling::UplinkWish kSteps[] = {
    {true, 320, 180, 25, 250'000},
    {true, 640, 360, 25, 700'000},
    {true, 1280, 720, 25, 1'800'000},
};
}  // namespace

signaling::UplinkWish camera_wish(const UplinkNeed& need) {
  if (need.largest_tile.width == 0) return need.relayed ? kSteps[1] : signaling::UplinkWish{};
  for (const auto& step : kSteps)
    if (need.largest_tile.width <= step.width && !(need.relayed && step.width < 640)) return step;
  return kSteps[2];
}

signaling::UplinkWish screen_wish(bool shown) {
  return shown ? signaling::UplinkWish{true, 1920, 1080, 5, 1'500'000} : signaling::UplinkWish{};
}

}  // namespace diemcau::mcu
