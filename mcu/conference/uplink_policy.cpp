#include "mcu/conference/uplink_policy.hpp"

#include <algorithm>
#include <cmath>

namespace diemcau::mcu {

using media::Layer;
using media::Quality;
using media::Size;
using signaling::UplinkWish;

namespace {
constexpr int kRate = 25;  // frames/s

constexpr bool any(Size size) {
  return size.width > 0 && size.height > 0;
}
constexpr bool larger_than_thumbnail(Size size) {
  return size.width > kThumbnail.width || size.height > kThumbnail.height;
}
}  // namespace

std::int64_t bits_for(Size size) {
  // Bits grow slower than pixels: a larger picture of the same hall has more of what is flat.
  const double pixels = static_cast<double>(size.width) * size.height;
  const double bits = 250'000 * std::pow(pixels / (320.0 * 180.0), 0.7);
  return std::max<std::int64_t>(kThumbnailBits, std::llround(bits / 10'000) * 10'000);
}

CameraPlan plan_camera(const CameraNeed& need, bool simulcast) {
  CameraPlan plan;
  Size large = larger_than_thumbnail(need.tile) ? need.tile : Size{};
  if (need.relayed.width > large.width) large = need.relayed;
  const bool small = need.on_wall || need.thumbnail_relayed ||
                     (any(need.tile) && !larger_than_thumbnail(need.tile));
  if (any(large))
    plan.wish = {true, large.width, large.height, kRate, bits_for(large), false};
  else if (small && !simulcast)
    plan.wish = {true, kThumbnail.width, kThumbnail.height, kThumbnailRate, kThumbnailBits, false};
  plan.wish.thumbnail = small && simulcast;
  if (larger_than_thumbnail(need.tile) || (!simulcast && (any(need.tile) || need.on_wall)))
    plan.mixed = Layer::high;
  else if (any(need.tile) || need.on_wall)
    plan.mixed = Layer::low;
  return plan;
}

UplinkWish screen_wish(bool shown) {
  return shown ? UplinkWish{true, 1920, 1080, 5, 1'500'000, false} : UplinkWish{};
}

double uplink_ceiling(const UplinkWish& camera, const UplinkWish& screen) {
  constexpr std::int64_t kSound = 64'000;
  const std::int64_t pictures = (camera.active ? camera.bitrate : 0) +
                                (camera.thumbnail ? kThumbnailBits : 0) +
                                (screen.active ? screen.bitrate : 0);
  return static_cast<double>(kSound + std::max(kThumbnailBits, pictures));
}

Layer relayed_layer(Quality line) {
  return line == Quality::p360 || line == Quality::p720 || line == Quality::p1080 ? Layer::high
                                                                                  : Layer::low;
}

Size relayed_size(Quality line) {
  if (relayed_layer(line) == Layer::low) return kThumbnail;
  return line == Quality::p360 ? Size{640, 360} : Size{1280, 720};
}

}  // namespace diemcau::mcu
