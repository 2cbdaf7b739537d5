#include <ostream>

#include "mcu/app/backup.hpp"
#include "mcu/app/commands.hpp"

namespace diemcau::mcu {
namespace {

struct BackupFlags {
  DataFlags data;
  std::filesystem::path folder;
};

void say(const BackupReport& report, CliContext& context) {
  context.out << "database and " << report.recordings << " recording(s), " << (report.bytes >> 20)
              << " MiB\n";
  for (const std::string& id : report.left_out) {
    context.err << "diemcau: recording " << id << " is not finished and was left out\n";
  }
}

}  // namespace

void add_backup_commands(CLI::App& app, CliContext& context) {
  auto flags = std::make_shared<BackupFlags>();
  CLI::App* backup =
      app.add_subcommand("backup", "copy database and recordings, while serving or not");
  backup->add_option("--to", flags->folder, "new folder to make")->type_name("DIR")->required();
  flags->data.add_to(*backup);
  backup->callback([flags, &context] {
    auto stores = flags->data.open(context.clock);
    say(value_or_fail(
            make_backup(stores->database, flags->data.data, flags->folder, context.clock)),
        context);
  });
  CLI::App* restore = app.add_subcommand("restore", "put a backup into an empty data folder");
  restore->add_option("--from", flags->folder, "folder made by backup")
      ->type_name("DIR")
      ->required();
  restore->add_option("--data", flags->data.data, "data folder to make")
      ->type_name("DIR")
      ->capture_default_str();
  restore->callback([flags, &context] {
    say(value_or_fail(restore_backup(flags->folder, flags->data.data)), context);
  });
}

}  // namespace diemcau::mcu
