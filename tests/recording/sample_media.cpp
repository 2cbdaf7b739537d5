#include "tests/recording/sample_media.hpp"

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <gst/app/gstappsink.h>
#include <gst/gst.h>
#include <sys/wait.h>
#include <unistd.h>

namespace diemcau::recording::test {
namespace {

std::vector<std::uint8_t> bytes_of(GstBuffer* buffer) {
  GstMapInfo map;
  gst_buffer_map(buffer, &map, GST_MAP_READ);
  std::vector<std::uint8_t> bytes(map.data, map.data + map.size);
  gst_buffer_unmap(buffer, &map);
  return bytes;
}

std::vector<media::EncodedFrame> encode(const std::string& description, media::Codec codec) {
  gst_init(nullptr, nullptr);
  GError* error = nullptr;
  GstElement* pipeline =
      gst_parse_launch((description + " ! appsink name=out sync=false").c_str(), &error);
  if (error != nullptr) throw std::runtime_error(error->message);
  GstElement* sink = gst_bin_get_by_name(GST_BIN(pipeline), "out");
  gst_element_set_state(pipeline, GST_STATE_PLAYING);
  std::vector<media::EncodedFrame> frames;
  while (GstSample* sample = gst_app_sink_pull_sample(GST_APP_SINK(sink))) {
    media::EncodedFrame frame;
    frame.codec = codec;
    GstBuffer* buffer = gst_sample_get_buffer(sample);
    frame.data = bytes_of(buffer);
    frame.key = !GST_BUFFER_FLAG_IS_SET(buffer, GST_BUFFER_FLAG_DELTA_UNIT);
    if (codec == media::Codec::aac) {
      const GstStructure* caps = gst_caps_get_structure(gst_sample_get_caps(sample), 0);
      const GValue* config = gst_structure_get_value(caps, "codec_data");
      frame.codec_config = bytes_of(gst_value_get_buffer(config));
    }
    frames.push_back(std::move(frame));
    gst_sample_unref(sample);
  }
  gst_element_set_state(pipeline, GST_STATE_NULL);
  gst_object_unref(sink);
  gst_object_unref(pipeline);
  return frames;
}

SampleMedia make(int seconds, int width, int height) {
  const std::string pictures = std::to_string(seconds * 25);
  const std::string sounds = std::to_string(seconds * 48000 / 1024 + 1);
  SampleMedia media;
  media.video = encode("videotestsrc pattern=ball num-buffers=" + pictures +
                           " ! video/x-raw,width=" + std::to_string(width) +
                           ",height=" + std::to_string(height) +
                           ",framerate=25/1 ! openh264enc gop-size=25 bitrate=200000"
                           " ! video/x-h264,stream-format=byte-stream,alignment=au",
                       media::Codec::h264);
  media.audio = encode("audiotestsrc freq=440 samplesperbuffer=1024 num-buffers=" + sounds +
                           " ! audio/x-raw,rate=48000,channels=2 ! avenc_aac bitrate=64000"
                           " ! audio/mpeg,mpegversion=4,stream-format=raw",
                       media::Codec::aac);
  return media;
}

media::EncodedFramePtr frame_at(const std::vector<media::EncodedFrame>& frames, std::size_t i,
                                TimePoint captured, Duration duration) {
  auto frame = std::make_shared<media::EncodedFrame>(frames[i % frames.size()]);
  frame->captured = captured;
  frame->duration = duration;
  return frame;
}

double number(const boost::json::value& object, const char* key) {
  const auto* text = object.as_object().if_contains(key);
  return text == nullptr ? -1 : std::atof(std::string(text->as_string()).c_str());
}

}  // namespace

const SampleMedia& sample_media() {
  static const SampleMedia media = make(4, 320, 180);
  return media;
}
const SampleMedia& other_media() {
  static const SampleMedia media = make(1, 160, 90);
  return media;
}

media::EncodedFramePtr video_frame(const SampleMedia& media, std::size_t i, TimePoint start) {
  return frame_at(media.video, i, start + static_cast<std::int64_t>(i) * kPicture, kPicture);
}
media::EncodedFramePtr audio_frame(const SampleMedia& media, std::size_t i, TimePoint start) {
  const Duration at(static_cast<std::int64_t>(i * 1024 * 1'000'000'000ull / 48'000));
  return frame_at(media.audio, i, start + at, kSound);
}

std::vector<media::EncodedFramePtr> stage(const SampleMedia& media, TimePoint start,
                                          Duration length) {
  std::vector<media::EncodedFramePtr> frames;
  std::size_t v = 0;
  std::size_t a = 0;
  for (;;) {
    const auto picture = video_frame(media, v, start);
    const auto sound = audio_frame(media, a, start);
    const bool take_picture = picture->captured <= sound->captured;
    const auto& next = take_picture ? picture : sound;
    if (next->captured - start >= length) return frames;
    ++(take_picture ? v : a);
    frames.push_back(next);
  }
}

TemporaryFolder::TemporaryFolder() {
  std::string name = (std::filesystem::temp_directory_path() / "diemcau-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp");
  path_ = name;
}
TemporaryFolder::~TemporaryFolder() {
  std::error_code error;
  std::filesystem::remove_all(path_, error);
}

CommandResult run_command(const std::string& command) {
  CommandResult result;
  FILE* pipe = ::popen((command + " 2>&1").c_str(), "r");
  if (pipe == nullptr) return result;
  char buffer[4096];
  while (const std::size_t n = std::fread(buffer, 1, sizeof buffer, pipe))
    result.output.append(buffer, n);
  const int status = ::pclose(pipe);
  result.code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return result;
}

Probe probe(const std::filesystem::path& file) {
  const auto out =
      run_command("ffprobe -v error -count_packets -show_streams -show_format -of json '" +
                  file.string() + "'");
  Probe probe;
  try {
    const auto v = boost::json::parse(out.output);
    for (const auto& stream : v.at("streams").as_array()) {
      if (!probe.codecs.empty()) probe.codecs += ',';
      probe.codecs += std::string(stream.at("codec_name").as_string());
      const bool video = stream.at("codec_type").as_string() == "video";
      (video ? probe.video_start : probe.audio_start) = number(stream, "start_time");
      (video ? probe.video_duration : probe.audio_duration) = number(stream, "duration");
      (video ? probe.video_packets : probe.audio_packets) =
          static_cast<int>(number(stream, "nb_read_packets"));
    }
    probe.duration = number(v.at("format"), "duration");
  } catch (const std::exception& e) {
    probe.codecs = out.output + e.what();
  }
  return probe;
}

std::string decode_errors(const std::filesystem::path& file) {
  const auto out = run_command("ffmpeg -nostdin -v error -i '" + file.string() + "' -f null -");
  return out.code == 0 ? out.output : "exit " + std::to_string(out.code) + ": " + out.output;
}

std::vector<std::uint8_t> read_file(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void write_file(const std::filesystem::path& file, const std::vector<std::uint8_t>& bytes) {
  std::ofstream out(file, std::ios::binary | std::ios::trunc);
  out.write(reinterpret_cast<const char*>(bytes.data()),
            static_cast<std::streamsize>(bytes.size()));
}

}  // namespace diemcau::recording::test
