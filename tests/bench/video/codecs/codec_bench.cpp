// Encoders side by side: CPU, bits spent, and what is left of the picture (PSNR and SSIM of the
// luma), for people, a synthetic room and slides of Vietnamese text. One thread each; key frames
// at the start only; the settings are the mixer's own.
//
//   codec_bench [--quick]           the table
//   codec_bench slides [FOLDER]     the rendition `slides`: 640×360, 5 a second; writes the last
//                                   picture of each slide there as PGM

#include <array>
#include <cstdio>
#include <fstream>
#include <string_view>

#include <gst/app/gstappsink.h>
#include <gst/app/gstappsrc.h>
#include <gst/video/video.h>
#include <libyuv/compare.h>

#include "media/gst/pipeline.hpp"
#include "media/gst/runtime.hpp"
#include "media/mix/video_encoder.hpp"
#include "tests/bench/video/clips.hpp"

namespace diemcau::media::bench {
namespace {

struct Coder {
  const char* name;
  Codec codec;
  H264Encoder h264;
  bool ultrafast;
};
constexpr std::array kCoders{Coder{"openh264", Codec::h264, H264Encoder::openh264, false},
                             Coder{"x264-ultrafast", Codec::h264, H264Encoder::x264, true},
                             Coder{"x264-superfast", Codec::h264, H264Encoder::x264, false},
                             Coder{"vp8", Codec::vp8, H264Encoder::openh264, false}};

struct Coded {
  gst::Ptr<GstCaps> caps;
  std::vector<gst::Ptr<GstBuffer>> frames;
  double cpu = 0;  // seconds
  std::size_t bytes = 0, first_bytes = 0;
};

gst::Ptr<GstSample> pull(gst::Pipeline& pipeline) {
  return gst::adopt(
      gst_app_sink_try_pull_sample(GST_APP_SINK(pipeline.element("out")), 10 * GST_SECOND));
}
Error stuck(const char* what) {
  return make_error(Errc::internal, "bench.codec", std::string(what) + " gave nothing in 10 s");
}

Result<Coded> encode(const Coder& coder, const Clip& clip, int rate, int bitrate) {
  VideoEncoderOptions options;
  options.codec = coder.codec;
  options.h264_encoder = coder.h264;
  options.frames_per_second = rate;
  options.bitrate = bitrate;
  std::string element = encoder_element(options);
  if (coder.ultrafast) {
    const std::string_view was = "superfast";
    element.replace(element.find(was), was.size(), "ultrafast");
  }
  auto pipeline = gst::Pipeline::parse(
      "appsrc name=in format=time caps=\"" + raw_caps(clip[0]->size(), rate) + "\" ! " + element +
          (coder.codec == Codec::h264 ? " ! video/x-h264,profile=constrained-baseline,"
                                        "stream-format=byte-stream,alignment=au"
                                      : "") +
          " ! appsink name=out sync=false",
      nullptr);
  if (!pipeline) return pipeline.error();
  if (auto playing = (*pipeline)->play(); !playing) return playing.error();
  Coded out;
  for (std::size_t n = 0; n < clip.size(); ++n) {
    auto picture = to_gst(clip[n]->view());
    GST_BUFFER_PTS(picture.get()) = n * GST_SECOND / static_cast<std::size_t>(rate);
    GST_BUFFER_DURATION(picture.get()) = GST_SECOND / static_cast<std::size_t>(rate);
    const double begun = process_cpu();
    gst_app_src_push_buffer(GST_APP_SRC((*pipeline)->element("in")), picture.release());
    auto sample = pull(**pipeline);
    out.cpu += process_cpu() - begun;
    if (!sample) return stuck(coder.name);
    GstBuffer* frame = gst_sample_get_buffer(sample.get());
    if (n == 0) {
      out.first_bytes = gst_buffer_get_size(frame);
      out.caps = gst::adopt(gst_caps_ref(gst_sample_get_caps(sample.get())));
    }
    out.bytes += gst_buffer_get_size(frame);
    out.frames.push_back(gst::adopt(gst_buffer_ref(frame)));
  }
  (*pipeline)->stop();
  return out;
}

struct Likeness {
  double psnr = 0, ssim = 0;  // means over the pictures
};

/// Decodes again and compares; `look` gets the number and the decoded luma.
template <class Look>
Result<Likeness> compare(const Coded& coded, Codec codec, const Clip& clip, Look look) {
  auto pipeline = gst::Pipeline::parse(
      std::string("appsrc name=in format=time max-bytes=0 ! ") +
          (codec == Codec::h264 ? "h264parse ! avdec_h264 max-threads=1" : "vp8dec threads=1") +
          " ! videoconvert ! video/x-raw,format=I420 ! appsink name=out sync=false max-buffers=4",
      nullptr);
  if (!pipeline) return pipeline.error();
  auto* in = GST_APP_SRC((*pipeline)->element("in"));
  gst_app_src_set_caps(in, coded.caps.get());
  if (auto playing = (*pipeline)->play(); !playing) return playing.error();
  for (const auto& frame : coded.frames) gst_app_src_push_buffer(in, gst_buffer_ref(frame.get()));
  gst_app_src_end_of_stream(in);
  Likeness sum;
  for (std::size_t n = 0; n < clip.size(); ++n) {
    auto sample = pull(**pipeline);
    GstVideoInfo info;
    GstVideoFrame frame;
    if (!sample || !gst_video_info_from_caps(&info, gst_sample_get_caps(sample.get())) ||
        !gst_video_frame_map(&frame, &info, gst_sample_get_buffer(sample.get()), GST_MAP_READ))
      return stuck("the decoder");
    const I420View was = clip[n]->view();
    const auto* luma = static_cast<const std::uint8_t*>(frame.data[0]);
    const int stride = frame.info.stride[0];
    sum.psnr +=
        libyuv::CalcFramePsnr(was.data[0], was.stride[0], luma, stride, was.width, was.height);
    sum.ssim +=
        libyuv::CalcFrameSsim(was.data[0], was.stride[0], luma, stride, was.width, was.height);
    look(n, luma, stride);
    gst_video_frame_unmap(&frame);
  }
  (*pipeline)->stop();
  const auto pictures = static_cast<double>(clip.size());
  return Likeness{sum.psnr / pictures, sum.ssim / pictures};
}

void figure(const std::string& name, double value, const char* unit) {
  std::printf("{\"figure\":\"codec.%s\",\"value\":%.4f,\"unit\":\"%s\"}\n", name.c_str(), value,
              unit);
}

Result<void> row(const char* what, const Clip& clip, int rate, int bitrate, const Coder& coder) {
  auto coded = encode(coder, clip, rate, bitrate);
  if (!coded) return coded.error();
  auto like = compare(*coded, coder.codec, clip, [](std::size_t, const std::uint8_t*, int) {});
  if (!like) return like.error();
  const double seconds = static_cast<double>(clip.size()) / rate;
  const double kbits = static_cast<double>(coded->bytes) * 8 / seconds / 1000;
  std::printf("%-14s %5d  %-15s %6.3f cores %7.0f kbit/s  key %6zu B  PSNR %5.2f  SSIM %.4f\n",
              what, clip[0]->size().height, coder.name, coded->cpu / seconds, kbits,
              coded->first_bytes, like->psnr, like->ssim);
  const std::string name =
      std::string(what) + "_" + std::to_string(clip[0]->size().height) + "_" + coder.name;
  figure(name + "_cpu", coded->cpu / seconds, "cores");
  figure(name + "_kbits", kbits, "kbit/s");
  figure(name + "_psnr", like->psnr, "dB");
  figure(name + "_ssim", like->ssim, "1");
  return {};
}

Result<void> table(std::size_t pictures) {
  struct Stage {
    Size size;
    int bitrate;
  };
  for (const Stage& stage : {Stage{{1280, 720}, 1'500'000}, Stage{{1920, 1080}, 3'000'000}}) {
    for (const char* what : {"people", "room", "text"}) {
      Clip clip;
      if (what == std::string_view("people")) {
        auto film = people(stage.size, pictures);
        if (!film) return film.error();
        clip = std::move(*film);
      } else if (what == std::string_view("room")) {
        clip = room(stage.size, pictures);
      } else {
        clip = slides(stage.size, pictures, pictures / 2);
      }
      for (const Coder& coder : kCoders)
        if (auto done = row(what, clip, 25, stage.bitrate, coder); !done) return done.error();
    }
  }
  return {};
}

Result<void> slides_rendition(const char* folder) {
  constexpr int kRate = 5, kBitrate = 30'000;  // VideoMixerOptions
  constexpr std::size_t kEach = 100, kPictures = 3 * kEach;
  const Clip clip = slides({640, 360}, kPictures, kEach);
  for (const Coder& coder : {kCoders[0], kCoders[3]}) {
    auto coded = encode(coder, clip, kRate, kBitrate);
    if (!coded) return coded.error();
    auto like = compare(
        *coded, coder.codec, clip, [&](std::size_t n, const std::uint8_t* luma, int stride) {
          if (folder == nullptr || n % kEach != kEach - 1) return;
          std::ofstream out(
              std::string(folder) + "/" + coder.name + "-" + std::to_string(n / kEach) + ".pgm",
              std::ios::binary);
          out << "P5\n640 360\n255\n";
          for (int y = 0; y < 360; ++y)
            out.write(reinterpret_cast<const char*>(luma + y * stride), 640);
        });
    if (!like) return like.error();
    std::size_t most = 0;
    for (std::size_t n = 1; n < coded->frames.size(); ++n)
      most = std::max(most, static_cast<std::size_t>(gst_buffer_get_size(coded->frames[n].get())));
    const double kbits = static_cast<double>(coded->bytes) * 8 * kRate / kPictures / 1000;
    std::printf(
        "slides %-10s %5.1f kbit/s  key %6zu B  a new slide's first picture ≤ %6zu B  "
        "PSNR %5.2f  SSIM %.4f  %.4f cores\n",
        coder.name, kbits, coded->first_bytes, most, like->psnr, like->ssim,
        coded->cpu * kRate / kPictures);
    const std::string name = std::string("slides_") + coder.name;
    figure(name + "_kbits", kbits, "kbit/s");
    figure(name + "_key_bytes", static_cast<double>(coded->first_bytes), "B");
    figure(name + "_ssim", like->ssim, "1");
  }
  return {};
}

}  // namespace
}  // namespace diemcau::media::bench

int main(int argc, char** argv) {
  using namespace diemcau::media;
  diemcau::Result<void> done = gst::require_elements();
  const std::string_view first = argc > 1 ? argv[1] : "";
  if (done && first == "slides")
    done = bench::slides_rendition(argc > 2 ? argv[2] : nullptr);
  else if (done)
    done = bench::table(first == "--quick" ? 50 : 100);
  if (!done) std::fprintf(stderr, "codec_bench: %s\n", done.error().detail.c_str());
  return done ? 0 : 1;
}
