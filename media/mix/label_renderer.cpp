#include "media/mix/label_renderer.hpp"

#include <algorithm>

#include <libyuv/planar_functions.h>
#include <pango/pangocairo.h>

#include "media/mix/label_text.hpp"
#include "media/mix/stage_style.hpp"

namespace diemcau::media {

namespace {
struct Release {
  void operator()(PangoFontMap* p) const { g_object_unref(p); }
  void operator()(PangoContext* p) const { g_object_unref(p); }
  void operator()(PangoLayout* p) const { g_object_unref(p); }
  void operator()(PangoFontDescription* p) const { pango_font_description_free(p); }
  void operator()(cairo_surface_t* p) const { cairo_surface_destroy(p); }
  void operator()(cairo_t* p) const { cairo_destroy(p); }
};
template <class T>
using Owned = std::unique_ptr<T, Release>;

constexpr int even_up(int n) {
  return (n + 1) & ~1;
}

/// A capsule on a stand, in a box of `size` pixels.
void draw_microphone(cairo_t* cr, double x, double y, double size) {
  const double w = size * 0.30, h = size * 0.52, cx = x + size / 2;
  cairo_set_source_rgb(cr, style::kAccentRgb[0] / 255.0, style::kAccentRgb[1] / 255.0,
                       style::kAccentRgb[2] / 255.0);
  cairo_new_sub_path(cr);
  cairo_arc(cr, cx, y + w / 2, w / 2, -G_PI, 0);
  cairo_arc(cr, cx, y + h - w / 2, w / 2, 0, G_PI);
  cairo_close_path(cr);
  cairo_fill(cr);
  cairo_set_line_width(cr, std::max(1.5, size * 0.09));
  cairo_arc(cr, cx, y + h - w / 2, w * 0.95, 0, G_PI);
  cairo_stroke(cr);
  cairo_move_to(cr, cx, y + h + w * 0.45);
  cairo_line_to(cr, cx, y + size * 0.92);
  cairo_stroke(cr);
}

void draw_plate(cairo_t* cr, int width, int height) {
  const double r = std::min(6.0, height / 4.0);
  cairo_new_sub_path(cr);
  cairo_arc(cr, width - r, r, r, -G_PI / 2, 0);
  cairo_arc(cr, width - r, height - r, r, 0, G_PI / 2);
  cairo_arc(cr, r, height - r, r, G_PI / 2, G_PI);
  cairo_arc(cr, r, r, r, G_PI, 3 * G_PI / 2);
  cairo_close_path(cr);
  cairo_set_source_rgba(cr, 0, 0, 0, 0.62);
  cairo_fill(cr);
}

/// Cairo's premultiplied ARGB to I420 with alpha.
Sprite to_sprite(cairo_surface_t* surface, int width, int height) {
  cairo_surface_flush(surface);
  const std::uint8_t* data = cairo_image_surface_get_data(surface);
  const int stride = cairo_image_surface_get_stride(surface);
  Sprite s;
  s.width = width;
  s.height = height;
  const auto w = static_cast<std::size_t>(width), h = static_cast<std::size_t>(height);
  s.y.resize(w * h, 16);
  s.alpha.resize(w * h);
  s.u.resize(w * h / 4, 128);
  s.v.resize(w * h / 4, 128);
  std::vector<int> sums(w * h / 4 * 3);  // per chroma sample: alpha, u·alpha, v·alpha
  for (std::size_t row = 0; row < h; ++row) {
    for (std::size_t x = 0; x < w; ++x) {
      std::uint32_t pixel;
      std::copy_n(data + row * static_cast<std::size_t>(stride) + x * 4, 4,
                  reinterpret_cast<std::uint8_t*>(&pixel));
      const int a = static_cast<int>(pixel >> 24);
      s.alpha[row * w + x] = static_cast<std::uint8_t>(a);
      if (a == 0) continue;
      const auto straight = [&](int shift) {
        return std::min(255, static_cast<int>((pixel >> shift) & 255) * 255 / a);
      };
      const Colour c = style::from_rgb(straight(16), straight(8), straight(0));
      s.y[row * w + x] = c.y;
      int* sum = &sums[(row / 2 * (w / 2) + x / 2) * 3];
      sum[0] += a;
      sum[1] += c.u * a;
      sum[2] += c.v * a;
    }
  }
  for (std::size_t i = 0; i < s.u.size(); ++i) {
    if (sums[i * 3] == 0) continue;
    s.u[i] = static_cast<std::uint8_t>(sums[i * 3 + 1] / sums[i * 3]);
    s.v[i] = static_cast<std::uint8_t>(sums[i * 3 + 2] / sums[i * 3]);
  }
  return s;
}
}  // namespace

struct LabelRenderer::Text {
  // A font map of its own: Pango's default one belongs to the thread that first asked.
  Owned<PangoFontMap> fonts{pango_cairo_font_map_new()};
  Owned<PangoContext> context{pango_font_map_create_context(fonts.get())};
};

LabelRenderer::LabelRenderer() : text_(std::make_unique<Text>()) {}
LabelRenderer::~LabelRenderer() = default;

std::shared_ptr<const Sprite> LabelRenderer::render(std::string_view raw, const LabelStyle& style) {
  const std::string text = displayable(raw);
  std::string key = std::to_string(style.font_px) + ':' + std::to_string(style.max_width) + ':' +
                    (style.plate ? 'p' : '-') + (style.microphone ? 'm' : '-') +
                    (style.bold ? 'b' : '-') + text;
  if (auto known = cache_.find(key); known != cache_.end()) {
    newest_first_.splice(newest_first_.begin(), newest_first_, known->second);
    return known->second->second;
  }
  newest_first_.emplace_front(key, draw(text, style));
  cache_[std::move(key)] = newest_first_.begin();
  if (newest_first_.size() > kMaxCached) {
    cache_.erase(newest_first_.back().first);
    newest_first_.pop_back();
  }
  return newest_first_.front().second;
}

std::shared_ptr<const Sprite> LabelRenderer::draw(const std::string& text,
                                                  const LabelStyle& style) {
  if (text.find_first_not_of(' ') == std::string::npos && !style.microphone) return nullptr;
  const int pad_x = style.plate ? style.font_px / 2 : 0;
  const int pad_y = style.plate ? style.font_px / 5 : 0;
  const int icon = style.microphone ? style.font_px : 0;
  const int icon_room = icon > 0 ? icon + style.font_px / 4 : 0;
  const int room = style.max_width - 2 * pad_x - icon_room;
  if (room < style.font_px || style.font_px < 4) return nullptr;
  ++drawn_;

  Owned<PangoFontDescription> font(pango_font_description_new());
  pango_font_description_set_family(font.get(), style::kFont);
  pango_font_description_set_weight(font.get(),
                                    style.bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_MEDIUM);
  pango_font_description_set_absolute_size(font.get(), style.font_px * double{PANGO_SCALE});
  Owned<PangoLayout> layout(pango_layout_new(text_->context.get()));
  pango_layout_set_font_description(layout.get(), font.get());
  pango_layout_set_single_paragraph_mode(layout.get(), TRUE);
  pango_layout_set_width(layout.get(), room * PANGO_SCALE);
  pango_layout_set_ellipsize(layout.get(), PANGO_ELLIPSIZE_END);
  pango_layout_set_text(layout.get(), text.data(), static_cast<int>(text.size()));
  PangoRectangle logical;
  pango_layout_get_pixel_extents(layout.get(), nullptr, &logical);

  // Stacked marks may be as tall as they like; the plate is one line of Vietnamese.
  const int line = std::min(logical.height, style.font_px * 2);
  const int text_width = std::clamp(logical.width, 0, room);
  const int width = even_up(text_width + 2 * pad_x + icon_room);
  const int height = even_up(line + 2 * pad_y);
  Owned<cairo_surface_t> surface(cairo_image_surface_create(CAIRO_FORMAT_ARGB32, width, height));
  Owned<cairo_t> cr(cairo_create(surface.get()));
  if (cairo_status(cr.get()) != CAIRO_STATUS_SUCCESS) return nullptr;
  if (style.plate) draw_plate(cr.get(), width, height);
  if (icon > 0) draw_microphone(cr.get(), pad_x, (height - icon) / 2.0, icon);
  cairo_set_source_rgb(cr.get(), 1, 1, 1);
  cairo_move_to(cr.get(), pad_x + icon_room - logical.x, pad_y - logical.y);
  pango_cairo_show_layout(cr.get(), layout.get());
  return std::make_shared<const Sprite>(to_sprite(surface.get(), width, height));
}

void blend(const Sprite& s, I420Span to, int x, int y) {
  x &= ~1;
  y &= ~1;
  if (x < 0 || y < 0 || x >= to.width || y >= to.height) return;
  const int w = std::min(s.width, (to.width - x) & ~1);
  const int h = std::min(s.height, (to.height - y) & ~1);
  if (w <= 0 || h <= 0) return;
  const I420Span at = to.crop(x, y, w, h);
  libyuv::I420Blend(s.y.data(), s.width, s.u.data(), s.width / 2, s.v.data(), s.width / 2,
                    at.data[0], at.stride[0], at.data[1], at.stride[1], at.data[2], at.stride[2],
                    s.alpha.data(), s.width, at.data[0], at.stride[0], at.data[1], at.stride[1],
                    at.data[2], at.stride[2], w, h);
}

}  // namespace diemcau::media
