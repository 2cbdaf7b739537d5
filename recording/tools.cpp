#include "recording/tools.hpp"

#include <algorithm>
#include <system_error>

#include "recording/file_descriptor.hpp"
#include "recording/mp4/verify.hpp"

namespace diemcau::recording {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kCopyBytes = 1u << 20;

Result<void> copy_file(Disk& disk, const fs::path& from, const fs::path& to) {
  auto source = disk.open(from);
  if (!source) return source.error();
  const fs::path part = to.string() + ".part";
  if (auto gone = disk.remove(part); !gone) return gone;
  auto target = disk.create(part);
  if (!target) return target.error();
  std::vector<std::uint8_t> buffer(kCopyBytes);
  for (std::uint64_t at = 0;;) {
    const auto n = (*source)->read_at(at, buffer);
    if (!n) return n.error();
    if (*n == 0) break;
    auto done = (*target)->write_at(at, std::span(buffer).first(*n));
    if (!done) {
      (void)disk.remove(part);
      return done;
    }
    at += *n;
  }
  if (auto synced = (*target)->sync(); !synced) return synced;
  std::error_code error;
  fs::create_hard_link(part, to, error);  // unlike rename it never replaces
  if (error == std::errc::file_exists)
    return make_error(Errc::conflict, "recording.exists", to.string() + " exists already");
  if (error) fs::rename(part, to, error);  // a file system without links
  if (error) return make_error(Errc::io, "disk.error", to.string() + ": " + error.message());
  return disk.remove(part);
}

fs::path numbered(const fs::path& target, std::size_t n, std::size_t of) {
  if (of == 1) return target;
  fs::path out = target;
  out.replace_filename(target.stem().string() + "-" + std::to_string(n) +
                       target.extension().string());
  return out;
}

}  // namespace

std::vector<ListedRecording> list_recordings(const fs::path& recordings) {
  std::vector<ListedRecording> out;
  for (const fs::path& folder : recording_folders(recordings))
    out.push_back({folder, read_sidecar(folder)});
  return out;
}

Result<FileCheck> verify_file(DiskFile& file, bool deep) {
  const auto scanned = scan_mp4(file);
  if (!scanned) return scanned.error();
  FileCheck check;
  check.state = scanned->state;
  switch (scanned->state) {
    case ScannedFile::State::foreign:
      check.problems.push_back("not a file of this program");
      break;
    case ScannedFile::State::empty:
      check.problems.push_back("no whole fragment in it");
      break;
    case ScannedFile::State::damaged:
      check.problems.push_back("damaged: nothing tells how to play what is in it");
      break;
    case ScannedFile::State::unfinished:
      for (const auto& table : scanned->tables) check.samples += table.samples();
      check.length = movie_time(mp4::movie_duration(scanned->movie, scanned->tables));
      if (scanned->gap) check.problems.push_back("damaged: a stretch of it cannot be read");
      break;
    case ScannedFile::State::finished: {
      const std::uint64_t moov_size = scanned->size - scanned->data_end;
      if (moov_size > mp4::kMaxMovieBytes) {
        check.problems.push_back("the index is too large");
        break;
      }
      std::vector<std::uint8_t> moov(static_cast<std::size_t>(moov_size));
      const auto n = file.read_at(scanned->data_end, moov);
      if (!n) return n.error();
      moov.resize(*n);
      auto index = mp4::check_finished_movie(moov, scanned->data_end);
      check.samples = index.samples;
      check.problems = std::move(index.problems);
      if (const auto length = finished_length(file)) check.length = *length;
      break;
    }
  }
  if (deep && (scanned->state == ScannedFile::State::finished ||
               scanned->state == ScannedFile::State::unfinished)) {
    const auto damaged = damaged_fragments(file, scanned->data_end);
    if (!damaged) return damaged.error();
    if (*damaged > 0)
      check.problems.push_back(std::to_string(*damaged) + " fragments differ from their checksum");
  }
  return check;
}

bool Verification::sound() const {
  return problems.empty() &&
         std::ranges::all_of(files, [](const FileCheck& f) { return f.problems.empty(); });
}

Result<Verification> verify_recording(Disk& disk, const fs::path& folder, bool deep) {
  if (!fs::is_directory(folder))
    return make_error(Errc::not_found, "recording.not_found", folder.string());
  Verification out;
  const auto sidecar = read_sidecar(folder);
  if (!sidecar) out.problems.push_back("recording.json: " + sidecar.error().detail);
  for (const std::string& name : segment_files(folder)) {
    auto file = disk.open(folder / name);
    if (!file) return file.error();
    auto check = verify_file(**file, deep);
    if (!check) return check.error();
    check->file = name;
    out.files.push_back(std::move(*check));
  }
  for (const std::string& name : damaged_files(folder))
    out.problems.push_back(name + " was set aside as damaged");
  if (!sidecar) return out;
  for (const SegmentInfo& segment : sidecar->segments) {
    const auto file = std::ranges::find(out.files, segment.file, &FileCheck::file);
    if (file == out.files.end()) {
      out.problems.push_back(segment.file + " is missing");
    } else if (sidecar->state == RecorderState::finished &&
               file->state == ScannedFile::State::unfinished) {
      out.problems.push_back(segment.file + " was never finished");
    }
  }
  return out;
}

Result<std::vector<fs::path>> export_recording(Disk& disk, const fs::path& folder,
                                               const fs::path& target) {
  const auto sidecar = read_sidecar(folder);
  if (!sidecar) return sidecar.error();
  if (sidecar->segments.empty())
    return make_error(Errc::not_found, "recording.not_found", "there is no file in it");
  std::vector<fs::path> out;
  for (std::size_t i = 0; i < sidecar->segments.size(); ++i) {
    const fs::path from = folder / sidecar->segments[i].file;
    auto file = disk.open(from);
    if (!file) return file.error();
    const auto scanned = scan_mp4(**file);
    if (!scanned) return scanned.error();
    if (scanned->state != ScannedFile::State::finished)
      return make_error(Errc::conflict, "recording.unfinished",
                        from.string() + " is not finished: stop or recover it first");
    out.push_back(numbered(target, i + 1, sidecar->segments.size()));
    std::error_code error;
    if (fs::exists(out.back(), error))
      return make_error(Errc::conflict, "recording.exists",
                        out.back().string() + " exists already");
  }
  for (std::size_t i = 0; i < out.size(); ++i)
    if (auto done = copy_file(disk, folder / sidecar->segments[i].file, out[i]); !done)
      return done.error();
  return out;
}

}  // namespace diemcau::recording
