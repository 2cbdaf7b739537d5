// Names come from people and sites: whatever their bytes, a label is drawn within its bounds.

#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "media/mix/label_renderer.hpp"
#include "media/mix/label_text.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace diemcau::media;
  static LabelRenderer renderer;
  static I420Buffer canvas({320, 180});
  if (size < 2) return 0;
  LabelStyle style;
  style.font_px = 4 + data[0] % 60;
  style.max_width = data[1] * 2;
  style.microphone = data[0] & 64;
  style.plate = data[0] & 128;
  const std::string_view text(reinterpret_cast<const char*>(data + 2), size - 2);
  if (displayable(text).size() > kMaxLabelBytes) std::abort();
  const auto sprite = renderer.render(text, style);
  if (!sprite) return 0;
  if (sprite->width > style.max_width + 1 || sprite->height > 4 * style.font_px) std::abort();
  blend(*sprite, canvas.span(), data[0], data[1]);
  return 0;
}
