#pragma once
// Names and notices as small pictures with transparency, drawn once per (text, style) by Pango and
// Cairo and kept in a bounded cache; blending one costs a few microseconds. Not thread-safe: lives
// on the mixer's thread.

#include <cstdint>
#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "media/mix/i420_frame.hpp"

namespace diemcau::media {

/// An I420 picture with a full-resolution alpha plane; sizes are even.
struct Sprite {
  int width = 0, height = 0;
  std::vector<std::uint8_t> y, u, v, alpha;
};

struct LabelStyle {
  int font_px = 18;
  int max_width = 300;      // pixels, plate included; longer text ends in an ellipsis
  bool plate = true;        // a translucent dark plate, so that white letters read on any picture
  bool microphone = false;  // the sign of having the floor, in the accent colour, before the text
  bool bold = false;
  auto operator<=>(const LabelStyle&) const = default;
};

class LabelRenderer {
 public:
  static constexpr std::size_t kMaxCached = 512;

  LabelRenderer();
  ~LabelRenderer();
  LabelRenderer(const LabelRenderer&) = delete;
  LabelRenderer& operator=(const LabelRenderer&) = delete;

  /// Any bytes; see displayable(). Null when nothing is left to draw or there is no room.
  std::shared_ptr<const Sprite> render(std::string_view text, const LabelStyle& style);
  /// Times a text was really drawn.
  std::uint64_t drawn() const noexcept { return drawn_; }

 private:
  struct Text;  // Pango's objects
  std::shared_ptr<const Sprite> draw(const std::string& text, const LabelStyle& style);

  using Entry = std::pair<std::string, std::shared_ptr<const Sprite>>;
  std::unique_ptr<Text> text_;
  std::list<Entry> newest_first_;
  std::unordered_map<std::string, std::list<Entry>::iterator> cache_;
  std::uint64_t drawn_ = 0;
};

/// Draws the sprite over the target at (x, y); what sticks out is cut off. x and y are made even.
void blend(const Sprite& sprite, I420Span target, int x, int y);

}  // namespace diemcau::media
