#include "tests/bench/video/clips.hpp"

#include <array>

#include <gst/app/gstappsink.h>
#include <gst/video/video.h>
#include <libyuv/convert.h>
#include <pango/pangocairo.h>

#include "media/gst/pipeline.hpp"

namespace diemcau::media::bench {

namespace {
constexpr const char* kFilm = "/usr/share/doc/opencv-doc/examples/data/vtest.avi";

constexpr std::array kSlideTexts{
    "UBND TỈNH — HỘI NGHỊ TRỰC TUYẾN TOÀN TỈNH\n\n1. Tình hình thực hiện nhiệm vụ quý III\n2. Giải "
    "ngân vốn đầu tư công: đạt 61,4 % kế hoạch\n3. Phòng, chống thiên tai ở các xã vùng cao\n4. "
    "Cải "
    "cách thủ tục hành chính, chuyển đổi số\n5. Ý kiến của các điểm cầu",
    "KẾT QUẢ GIẢI NGÂN (tỷ đồng)\n\nHuyện            Kế hoạch    Đã giải ngân    Tỷ lệ\nBắc Hà     "
    "       "
    "1.204,5          812,3           67,4 %\nMường Khương    986,0          540,8           54,8 "
    "%\n"
    "Văn Bàn          1.377,2        1.001,9         72,7 %\nSi Ma Cai          642,7          "
    "388,1"
    "           60,4 %",
    "NHIỆM VỤ TRỌNG TÂM\n\n– Hoàn thành sắp xếp đơn vị hành chính cấp xã\n– Đẩy nhanh tiến độ các "
    "công "
    "trình giao thông, thủy lợi\n– Bảo đảm an ninh trật tự, an toàn giao thông dịp Tết\n– Chăm lo "
    "đời "
    "sống người nghèo, đồng bào vùng đặc biệt khó khăn\n– Báo cáo kết quả trước ngày 25 hằng "
    "tháng"};

I420BufferPtr slide(Size size, const char* text) {
  cairo_surface_t* surface =
      cairo_image_surface_create(CAIRO_FORMAT_RGB24, size.width, size.height);
  cairo_t* cr = cairo_create(surface);
  cairo_set_source_rgb(cr, 1, 1, 1);
  cairo_paint(cr);
  cairo_set_source_rgb(cr, 0.65, 0.05, 0.08);
  cairo_rectangle(cr, 0, 0, size.width, size.height / 14.0);
  cairo_fill(cr);
  PangoLayout* layout = pango_cairo_create_layout(cr);
  PangoFontDescription* font = pango_font_description_from_string("DejaVu Sans");
  pango_font_description_set_absolute_size(font, size.height / 20.0 * PANGO_SCALE);
  pango_layout_set_font_description(layout, font);
  pango_layout_set_width(layout, (size.width - size.width / 10) * PANGO_SCALE);
  pango_layout_set_text(layout, text, -1);
  cairo_set_source_rgb(cr, 0.05, 0.07, 0.2);
  cairo_move_to(cr, size.width / 20.0, size.height / 8.0);
  pango_cairo_show_layout(cr, layout);
  cairo_surface_flush(surface);
  auto buffer = std::make_shared<I420Buffer>(size);
  auto to = buffer->span();
  libyuv::ARGBToI420(cairo_image_surface_get_data(surface), cairo_image_surface_get_stride(surface),
                     to.data[0], to.stride[0], to.data[1], to.stride[1], to.data[2], to.stride[2],
                     size.width, size.height);
  pango_font_description_free(font);
  g_object_unref(layout);
  cairo_destroy(cr);
  cairo_surface_destroy(surface);
  return buffer;
}
}  // namespace

std::string raw_caps(Size size, int frames_per_second) {
  return "video/x-raw,format=I420,width=" + std::to_string(size.width) +
         ",height=" + std::to_string(size.height) +
         ",framerate=" + std::to_string(frames_per_second) + "/1,colorimetry=bt601";
}

Result<Clip> people(Size size, std::size_t pictures) {
  auto pipeline = gst::Pipeline::parse(
      std::string("filesrc location=") + kFilm +
          " ! decodebin ! videoconvert ! videocrop top=72 bottom=72 ! videoscale ! "
          "video/x-raw,format=I420,width=" +
          std::to_string(size.width) + ",height=" + std::to_string(size.height) +
          ",pixel-aspect-ratio=1/1 ! appsink name=out sync=false max-buffers=4",
      nullptr);
  if (!pipeline) return pipeline.error();
  if (auto playing = (*pipeline)->play(); !playing) return playing.error();
  Clip clip;
  while (clip.size() < pictures) {
    auto sample = gst::adopt(
        gst_app_sink_try_pull_sample(GST_APP_SINK((*pipeline)->element("out")), 5 * GST_SECOND));
    GstVideoInfo info;
    GstVideoFrame frame;
    if (!sample || !gst_video_info_from_caps(&info, gst_sample_get_caps(sample.get())) ||
        !gst_video_frame_map(&frame, &info, gst_sample_get_buffer(sample.get()), GST_MAP_READ)) {
      return make_error(Errc::not_found, "bench.film",
                        "no pictures from vtest.avi: install opencv-doc");
    }
    I420View view{size.width, size.height, {}, {}};
    for (std::size_t p = 0; p < 3; ++p) {
      view.data[p] = static_cast<const std::uint8_t*>(frame.data[p]);
      view.stride[p] = frame.info.stride[p];
    }
    auto buffer = std::make_shared<I420Buffer>(size);
    copy(view, buffer->span());
    gst_video_frame_unmap(&frame);
    clip.push_back(std::move(buffer));
  }
  (*pipeline)->stop();
  return clip;
}

Clip room(Size size, std::size_t pictures) {
  Clip clip;
  std::uint32_t noise = 1;
  for (std::size_t i = 0; i < pictures; ++i) {
    auto buffer = std::make_shared<I420Buffer>(size);
    auto s = buffer->span();
    fill(s, {16, 128, 128});
    for (int y = 0; y < size.height; ++y) {
      for (int x = 0; x < size.width; ++x) {
        noise = noise * 1664525u + 1013904223u;
        s.data[0][y * s.stride[0] + x] = static_cast<std::uint8_t>(
            60 + (x * 90) / size.width + ((x ^ y) & 16) + static_cast<int>(noise >> 30));
      }
    }
    const int w = size.width / 10, step = static_cast<int>(i) * 4;
    for (int p = 0; p < 6; ++p) {
      const int x = (p * size.width / 6 + step) % (size.width - w);
      fill(s.crop(x & ~1, (size.height / 3) & ~1, w & ~1, (size.height / 3) & ~1),
           {static_cast<std::uint8_t>(80 + 20 * p), 110, 150});
    }
    clip.push_back(std::move(buffer));
  }
  return clip;
}

Clip slides(Size size, std::size_t pictures, std::size_t per_slide) {
  Clip kinds, clip;
  for (const char* text : kSlideTexts) kinds.push_back(slide(size, text));
  for (std::size_t i = 0; i < pictures; ++i) clip.push_back(kinds[(i / per_slide) % kinds.size()]);
  return clip;
}

gst::Ptr<GstBuffer> to_gst(const I420View& picture) {
  GstVideoInfo info;
  gst_video_info_set_format(&info, GST_VIDEO_FORMAT_I420, static_cast<guint>(picture.width),
                            static_cast<guint>(picture.height));
  auto buffer = gst::adopt(gst_buffer_new_allocate(nullptr, info.size, nullptr));
  GstVideoFrame frame;
  gst_video_frame_map(&frame, &info, buffer.get(), GST_MAP_WRITE);
  I420Span to{picture.width, picture.height, {}, {}};
  for (std::size_t p = 0; p < 3; ++p) {
    to.data[p] = static_cast<std::uint8_t*>(frame.data[p]);
    to.stride[p] = frame.info.stride[p];
  }
  copy(picture, to);
  gst_video_frame_unmap(&frame);
  return buffer;
}

}  // namespace diemcau::media::bench
