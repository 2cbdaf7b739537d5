#include "recording/recording_writer.hpp"

#include <algorithm>

#include "base/log.hpp"

namespace diemcau::recording {
namespace {

constexpr std::size_t kMaxWaiting = 1024;
constexpr Duration kUsualPicture = std::chrono::milliseconds(40);

/// Seconds from 1904-01-01 to 1970-01-01 (ISO/IEC 14496-12 §8.2.2).
constexpr std::uint64_t kEpoch1904 = 2'082'844'800;

std::uint64_t movie_time_of(WallTime wall) {
  const auto s = std::chrono::floor<std::chrono::seconds>(wall).time_since_epoch().count();
  return static_cast<std::uint64_t>(std::max<std::int64_t>(0, s)) + kEpoch1904;
}

Duration ticks_to_time(std::uint64_t ticks, std::uint32_t scale) {
  return Duration(static_cast<std::int64_t>(ticks * 1'000'000'000ull / scale));
}

}  // namespace

RecordingWriter::RecordingWriter(const RecorderOptions& options, std::shared_ptr<Disk> disk,
                                 const Clock& clock, std::function<void()> request_key_frame)
    : options_(options),
      disk_(std::move(disk)),
      clock_(clock),
      request_key_frame_(std::move(request_key_frame)) {
  sidecar_.id = options_.id;
  sidecar_.meeting = options_.meeting;
  sidecar_.started = clock_.wall();
}

Result<std::unique_ptr<RecordingWriter>> RecordingWriter::create(
    const RecorderOptions& options, std::shared_ptr<Disk> disk, const Clock& clock,
    std::function<void()> request_key_frame) {
  std::unique_ptr<RecordingWriter> writer(
      new RecordingWriter(options, std::move(disk), clock, std::move(request_key_frame)));
  Disk& on = *writer->disk_;
  // Asked of the folder above: a refusal must leave nothing that a later start would list.
  const auto above = options.folder.parent_path();
  if (auto made = on.create_folder(above); !made) return made.error();
  const auto free = on.free_bytes(above);
  if (!free) return free.error();
  if (*free < options.reserve_bytes)
    return make_error(Errc::full, "disk.full",
                      std::to_string(*free) + " bytes are free, fewer than the reserve of " +
                          std::to_string(options.reserve_bytes));
  if (auto made = on.create_folder(options.folder); !made) return made.error();
  auto lock = FolderLock::take(options.folder);
  if (!lock) return lock.error();
  writer->lock_ = std::move(*lock);
  writer->sidecar_.segments.push_back({segment_name(1), {}, {}, 0});
  if (auto saved = write_sidecar(on, options.folder, writer->sidecar_); !saved)
    return saved.error();
  auto segment = SegmentWriter::create(on, options.folder / segment_name(1));
  if (!segment) return segment.error();
  writer->segment_ = std::move(*segment);
  writer->request_key_frame_();
  writer->sequence_.detach();
  return writer;
}

void RecordingWriter::add(const media::EncodedFramePtr& frame) {
  DIEMCAU_RUN_ON(sequence_);
  if (ended_) return;
  if (frame->codec == media::Codec::h264) {
    add_video(frame);
  } else if (frame->codec == media::Codec::aac) {
    add_audio(frame);
  }
}

void RecordingWriter::add_video(const media::EncodedFramePtr& frame) {
  auto picture = mp4::to_avc_sample(frame->data);
  if (picture.data.empty()) return;
  if (picture.idr && picture.parameters.complete() && picture.parameters != newest_avc_ &&
      mp4::avc_track(1, picture.parameters)) {
    newest_avc_ = picture.parameters;
    // One file holds pictures of one kind: those still waiting for it make way.
    std::erase_if(waiting_, [](const Waiting& w) { return w.frame->codec == media::Codec::h264; });
    waiting_video_ = false;
  }
  const bool may_begin = picture.idr && newest_avc_.complete();
  if (open_ && may_begin && (open_->avc != newest_avc_ || open_->aac != newest_aac_))
    close_segment();
  if (ended_) return;
  if (open_) {
    if (open_->avc.complete()) {
      put_video(*frame, picture);
    } else {
      request_key_frame_();  // the file changes there
    }
  } else if (waiting_video_ || may_begin) {
    wait_with(frame, std::move(picture));
  } else {
    request_key_frame_();
  }
}

void RecordingWriter::add_audio(const media::EncodedFramePtr& frame) {
  if (!mp4::parse_audio_specific_config(frame->codec_config) || frame->data.empty()) return;
  newest_aac_ = frame->codec_config;
  if (open_ && open_->aac != newest_aac_) {
    if (open_->avc.complete()) {
      request_key_frame_();  // the file changes there; until then this sound has no place
      return;
    }
    close_segment();
    if (ended_) return;
  }
  if (open_) {
    put_audio(*frame);
  } else {
    wait_with(frame, {});
  }
}

void RecordingWriter::wait_with(const media::EncodedFramePtr& frame, mp4::AvcSample picture) {
  if (waiting_.empty()) waiting_since_ = clock_.now();
  (frame->codec == media::Codec::aac ? waiting_audio_ : waiting_video_) = true;
  waiting_.push_back({frame, std::move(picture)});
  open_if_ready();
}

void RecordingWriter::open_if_ready() {
  if (open_ || ended_ || waiting_.empty()) return;
  const bool both = waiting_audio_ && waiting_video_;
  if (!both && clock_.now() - waiting_since_ < kGrace && waiting_.size() < kMaxWaiting &&
      waiting_.back().frame->captured - waiting_.front().frame->captured < kGrace)
    return;
  if (auto opened = open_segment(); !opened) {
    fail(opened.error());
    return;
  }
  for (const Waiting& w : std::exchange(waiting_, {})) {
    if (ended_) return;
    if (w.frame->codec == media::Codec::aac) {
      if (w.frame->codec_config == open_->aac) put_audio(*w.frame);
    } else {
      put_video(*w.frame, w.picture);
    }
  }
  waiting_audio_ = waiting_video_ = false;
}

Result<void> RecordingWriter::open_segment() {
  const TimePoint zero = std::ranges::min(waiting_, {}, [](const Waiting& w) {
                           return w.frame->captured;
                         }).frame->captured;
  if (!zero_) {
    status_.zero = zero_ = zero;
    sidecar_.media_started =
        clock_.wall() - std::chrono::duration_cast<std::chrono::microseconds>(clock_.now() - zero);
  }
  segment_start_ = zero - *zero_;
  if (!segment_) {
    const std::string name = segment_name(sidecar_.segments.size() + 1);
    auto segment = SegmentWriter::create(*disk_, options_.folder / name);
    if (!segment) return segment.error();
    segment_ = std::move(*segment);
    sidecar_.segments.push_back({name, segment_start_, {}, 0});
  }
  mp4::Movie movie;
  movie.created = movie_time_of(clock_.wall());
  Open open{{}, {}, {}, 0, 0, VideoTimeline(zero, mp4::kMovieTimescale), AudioTimeline(zero, 1, 1)};
  if (waiting_video_) {
    open.avc = newest_avc_;
    open.video_track = movie.tracks.size();
    movie.tracks.push_back(
        *mp4::avc_track(static_cast<std::uint32_t>(movie.tracks.size() + 1), open.avc));
  }
  if (waiting_audio_) {
    open.aac = newest_aac_;
    open.sound = *mp4::parse_audio_specific_config(open.aac);
    open.audio_time = AudioTimeline(zero, open.sound.sample_rate, open.sound.frame_samples);
    open.audio_track = movie.tracks.size();
    movie.tracks.push_back(
        *mp4::aac_track(static_cast<std::uint32_t>(movie.tracks.size() + 1), open.aac));
  }
  if (auto begun = segment_->begin(std::move(movie)); !begun) return begun;
  open_.emplace(std::move(open));
  sidecar_behind_ = true;
  return {};
}

void RecordingWriter::put_video(const media::EncodedFrame& frame, const mp4::AvcSample& picture) {
  before_put(frame.captured);
  if (ended_) return;
  const Duration duration = frame.duration > Duration::zero() ? frame.duration : kUsualPicture;
  segment_->add(open_->video_track, open_->video_time.place(frame.captured),
                static_cast<std::uint32_t>(to_ticks(duration, mp4::kMovieTimescale)), picture.idr,
                picture.data);
  after_put(frame.captured, duration);
}

void RecordingWriter::put_audio(const media::EncodedFrame& frame) {
  before_put(frame.captured);
  if (ended_) return;
  const auto placed = open_->audio_time.place(frame.captured);
  if (!placed) return;
  const std::uint32_t samples = open_->sound.frame_samples;
  const auto silence = mp4::silent_aac_frame(open_->sound.channels);
  if (!silence.empty())
    for (std::uint32_t i = 0; i < placed->silent_frames; ++i)
      segment_->add(open_->audio_track, placed->silence_dts + std::uint64_t{i} * samples, samples,
                    true, silence);
  segment_->add(open_->audio_track, placed->dts, samples, true, frame.data);
  after_put(frame.captured, ticks_to_time(samples, open_->sound.sample_rate));
}

void RecordingWriter::before_put(TimePoint captured) {
  if (fragment_from_ && captured - *fragment_from_ >= options_.fragment) flush();
}

void RecordingWriter::after_put(TimePoint captured, Duration duration) {
  if (!fragment_from_) {
    fragment_from_ = captured;
    fragment_opened_ = clock_.now();
  }
  fragment_from_ = std::min(*fragment_from_, captured);
  // Written now, unless another frame of the kind still fits: what a crash takes stays below the
  // promised length.
  if (captured + 2 * duration - *fragment_from_ > options_.fragment) flush();
}

void RecordingWriter::tick() {
  DIEMCAU_RUN_ON(sequence_);
  if (ended_) return;
  open_if_ready();
  if (fragment_from_ && clock_.now() - fragment_opened_ >= options_.fragment) flush();
}

void RecordingWriter::flush() {
  fragment_from_.reset();
  if (!segment_ || !open_) return;
  if (auto done = segment_->flush(); !done) {
    fail(done.error());
    return;
  }
  update_status();
  // Only now: its syncs must not stand between the first frames and the disk.
  if (!std::exchange(sidecar_behind_, false)) return;
  if (auto saved = write_sidecar(*disk_, options_.folder, sidecar_); !saved) fail(saved.error());
}

void RecordingWriter::update_status() {
  status_.bytes = closed_bytes_ + (segment_ ? segment_->bytes() : 0);
  if (segment_ && !segment_->empty()) status_.length = segment_start_ + segment_->durable_length();
}

void RecordingWriter::close_segment() {
  if (!segment_) return;
  flush();
  if (ended_) return;  // failed, and closed there
  const auto segment = std::exchange(segment_, nullptr);
  open_.reset();
  if (segment->empty()) {
    sidecar_.segments.pop_back();
    if (auto gone = disk_->remove(segment->path()); !gone) fail(gone.error());
    return;
  }
  SegmentInfo& info = sidecar_.segments.back();
  info.start = segment_start_;
  info.length = segment->durable_length();
  status_.length = info.start + info.length;
  if (auto done = segment->finish(); !done) {
    info.bytes = segment->bytes();
    fail(done.error());
    return;
  }
  info.bytes = segment->bytes();
  closed_bytes_ += info.bytes;
  status_.bytes = closed_bytes_;
}

void RecordingWriter::finish() {
  DIEMCAU_RUN_ON(sequence_);
  if (ended_) return;
  if (!open_ && !waiting_.empty()) {
    waiting_since_ = clock_.now() - kGrace;  // nothing more will come: take what there is
    open_if_ready();
  }
  if (ended_) return;
  close_segment();
  if (ended_) return;
  ended_ = true;
  status_.state = RecorderState::finished;
  if (sidecar_.segments.empty()) {
    status_.state = RecorderState::failed;
    status_.problem = "recording.empty";
  }
  save_sidecar();
}

void RecordingWriter::check_space() {
  DIEMCAU_RUN_ON(sequence_);
  if (ended_) return;
  const auto free = disk_->free_bytes(options_.folder);
  if (!free) return;  // the next write tells
  const std::uint64_t index = segment_ ? segment_->index_bytes() + segment_->pending_bytes() : 0;
  if (*free >= options_.reserve_bytes + index) return;
  log::error("recording {}: {} bytes free, below the reserve; finishing it", options_.id.str(),
             *free);
  status_.problem = "disk.full";
  finish();
}

void RecordingWriter::fail(const Error& error) {
  if (ended_) return;
  log::error("recording {}: {}", options_.id.str(), error.detail);
  ended_ = true;
  status_.state = RecorderState::failed;
  status_.problem = error.code == "disk.full" ? "disk.full" : "disk.error";
  // What is on disk is a valid fragmented file as it stands; try to end it well all the same.
  const auto segment = std::exchange(segment_, nullptr);
  if (segment && segment->empty()) {
    (void)disk_->remove(segment->path());
    sidecar_.segments.pop_back();
  } else if (segment) {
    SegmentInfo& info = sidecar_.segments.back();
    info.length = segment->durable_length();
    info.start = segment_start_;
    if (auto done = segment->finish(); !done)
      log::warn("recording {}: left for recovery: {}", options_.id.str(), done.error().detail);
    info.bytes = segment->bytes();
    closed_bytes_ += info.bytes;
  }
  open_.reset();
  waiting_.clear();
  status_.bytes = closed_bytes_;
  save_sidecar();
}

void RecordingWriter::set_passing_problem(const std::string& code) {
  if (ended_ || status_.problem == code) return;
  status_.problem = code;
  if (!code.empty()) sidecar_.problem = code;
}

void RecordingWriter::save_sidecar() {
  sidecar_.state = status_.state;
  sidecar_.ended = clock_.wall();
  if (!status_.problem.empty()) sidecar_.problem = status_.problem;
  if (auto saved = write_sidecar(*disk_, options_.folder, sidecar_); !saved)
    log::warn("recording {}: {}", options_.id.str(), saved.error().detail);
}

}  // namespace diemcau::recording
