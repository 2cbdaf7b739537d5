#include <iomanip>
#include <ostream>

#include "mcu/app/commands.hpp"
#include "recording/chapters.hpp"
#include "recording/recovery.hpp"
#include "recording/sidecar.hpp"
#include "recording/tools.hpp"

namespace diemcau::mcu {
namespace {

namespace fs = std::filesystem;

struct RecordingFlags {
  fs::path data = "data";
  std::string id;
  fs::path to;
  bool deep = false;
};

std::string length_text(Duration length) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(length).count();
  char text[32];
  std::snprintf(text, sizeof text, "%lld:%02lld:%02lld", static_cast<long long>(seconds / 3600),
                static_cast<long long>(seconds / 60 % 60), static_cast<long long>(seconds % 60));
  return text;
}

/// The one that was named, or all.
std::vector<fs::path> folders(const RecordingFlags& flags) {
  const fs::path root = recordings_folder(flags.data);
  if (flags.id.empty()) return recording::recording_folders(root);
  for (const fs::path& folder : recording::recording_folders(root)) {
    if (folder.filename() == flags.id) return {folder};
  }
  throw CommandFailed{kFailed, "there is no recording " + flags.id};
}

void list_recordings(const RecordingFlags& flags, CliContext& context) {
  for (const auto& [folder, sidecar] : recording::list_recordings(recordings_folder(flags.data))) {
    if (!sidecar) {
      context.out << folder.filename().string() << "  " << sidecar.error().detail << "\n";
      continue;
    }
    context.out << sidecar->id.str() << "  " << sidecar->meeting.str() << "  "
                << local_time(sidecar->started) << "  " << std::setw(9)
                << length_text(sidecar->length()) << "  " << std::setw(7)
                << (sidecar->bytes() >> 20) << " MiB  " << recording::name_of(sidecar->state)
                << (sidecar->recovered ? ", recovered" : "")
                << (sidecar->problem.empty() ? "" : ", " + sidecar->problem) << "\n";
  }
}

void verify_recordings(const RecordingFlags& flags, CliContext& context) {
  int bad = 0;
  const auto disk = recording::real_disk();
  for (const fs::path& folder : folders(flags)) {
    const std::string name = folder.filename().string();
    auto checked = recording::verify_recording(*disk, folder, flags.deep);
    const bool good = checked && checked->sound();
    bad += good ? 0 : 1;
    context.out << name << "  " << (good ? "good" : "damaged") << "\n";
    if (!checked) {
      context.out << "  " << checked.error().detail << "\n";
      continue;
    }
    for (const std::string& problem : checked->problems) context.out << "  " << problem << "\n";
    for (const auto& file : checked->files) {
      for (const std::string& problem : file.problems) {
        context.out << "  " << file.file << ": " << problem << "\n";
      }
    }
  }
  if (bad > 0) throw CommandFailed{kFailed, std::to_string(bad) + " recording(s) damaged"};
}

void recover_recordings(const RecordingFlags& flags, CliContext& context) {
  int failed = 0;
  const auto disk = recording::real_disk();
  for (const fs::path& folder : folders(flags)) {
    const std::string name = folder.filename().string();
    auto report = recording::recover_folder(*disk, folder, context.clock);
    if (!report) {
      context.out << name << "  " << report.error().detail << "\n";
      // One that is being recorded this moment needs no recovery.
      failed += report.error().code == "recording.in_use" ? 0 : 1;
    } else {
      context.out << name << "  " << (report->changed ? "recovered, " : "nothing to do, ")
                  << length_text(report->sidecar.length()) << "\n";
    }
  }
  if (failed > 0)
    throw CommandFailed{kFailed, std::to_string(failed) + " recording(s) could not be recovered"};
}

void export_recording(const RecordingFlags& flags, CliContext& context) {
  const fs::path folder = folders(flags).front();
  fs::path chapters = flags.to;
  chapters.replace_extension(".vtt");
  if (fs::exists(chapters)) throw CommandFailed{kFailed, chapters.string() + " is already there"};
  const auto disk = recording::real_disk();
  for (const fs::path& file : value_or_fail(recording::export_recording(*disk, folder, flags.to))) {
    context.out << file.string() << "\n";
  }
  const auto sidecar = value_or_fail(recording::read_sidecar(folder));
  const auto marks = recording::read_marks(folder);
  value_or_fail(disk->replace(
      chapters, recording::to_webvtt(recording::chapters_of(sidecar, marks, sidecar.length()),
                                     sidecar.length())));
  context.out << chapters.string() << "\n";
}

}  // namespace

void add_recording_commands(CLI::App& app, CliContext& context) {
  CLI::App* group =
      app.add_subcommand("recording", "recordings on this machine")->require_subcommand(1);
  auto flags = std::make_shared<RecordingFlags>();
  auto add = [&](const char* name, const char* help, auto run) {
    CLI::App* command = group->add_subcommand(name, help);
    command->add_option("--data", flags->data, "folder of the database and the recordings")
        ->type_name("DIR")
        ->capture_default_str();
    command->callback([flags, &context, run] { run(*flags, context); });
    return command;
  };
  add("list", "what there is", list_recordings);
  CLI::App* verify = add("verify", "check that every file is whole", verify_recordings);
  verify->add_option("ID", flags->id, "only this one");
  verify->add_flag("--deep", flags->deep, "read all data as well, not only the index");
  add("recover", "finish what a crash left (serve does so by itself at its start)",
      recover_recordings)
      ->add_option("ID", flags->id, "only this one");
  CLI::App* save =
      add("export", "copy one out, with its chapters beside it (.vtt)", export_recording);
  save->add_option("ID", flags->id, "")->required();
  save->add_option("--to", flags->to, "file to make")->type_name("FILE.mp4")->required();
}

}  // namespace diemcau::mcu
