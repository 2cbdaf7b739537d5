#include <fstream>
#include <iomanip>
#include <ostream>

#include "base/units/csv.hpp"
#include "mcu/app/commands.hpp"

namespace diemcau::mcu {
namespace {

struct UnitFlags {
  DataFlags data;
  std::filesystem::path file;
  std::string name, valid_from, valid_to;
};

std::string read_file(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  std::string text(CsvLimits{}.bytes + 1, '\0');
  stream.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (!stream.eof() && !stream) throw CommandFailed{kFailed, "cannot read " + file.string()};
  text.resize(static_cast<std::size_t>(stream.gcount()));
  return text;
}

CivilDate date(const std::string& flag, const std::string& text) {
  const auto parsed = parse_date(text);
  if (!parsed) wrong_usage(flag + " must be a date: 2025-07-01");
  return *parsed;
}

void import_units(const UnitFlags& flags, CliContext& context) {
  const CivilDate from = flags.valid_from.empty() ? vietnam_date(context.clock.wall())
                                                  : date("--valid-from", flags.valid_from);
  std::optional<CivilDate> to;
  if (!flags.valid_to.empty()) to = date("--valid-to", flags.valid_to);
  const std::string name = flags.name.empty() ? flags.file.stem().string() : flags.name;
  const std::string text = read_file(flags.file);
  auto stores = flags.data.open(context.clock);
  auto imported = stores->units.import_csv(name, text, from, to);
  if (!imported) {
    Error error = imported.error();
    error.detail = flags.file.string() + ": " + error.detail;
    fail(error);
  }
  context.out << imported->units << " units in catalogue " << name << ", valid from "
              << to_string(from) << "\n";
}

void list_catalogues(const UnitFlags& flags, CliContext& context) {
  auto stores = flags.data.open(context.clock);
  for (const Catalogue& catalogue : value_or_fail(stores->units.catalogues())) {
    context.out << std::left << std::setw(24) << catalogue.name << ' '
                << to_string(catalogue.valid_from) << ' ' << std::setw(10)
                << (catalogue.valid_to ? to_string(*catalogue.valid_to) : "") << ' '
                << catalogue.units << "\n";
  }
}

}  // namespace

void add_unit_commands(CLI::App& app, CliContext& context) {
  CLI::App* unit = app.add_subcommand("unit", "the catalogues of units")->require_subcommand(1);
  auto flags = std::make_shared<UnitFlags>();
  CLI::App* import = unit->add_subcommand(
      "import",
      "a catalogue from CSV: code,parent_code,level,kind,name[,official_code,sort_order,"
      "in_sentence_name]");
  import->add_option("FILE", flags->file, "")->required();
  import->add_option("--valid-from", flags->valid_from, "first day in force (default: today)")
      ->type_name("DATE");
  import->add_option("--valid-to", flags->valid_to, "last day in force")->type_name("DATE");
  import->add_option("--name", flags->name, "of the catalogue (default: the file's)");
  flags->data.add_to(*import);
  import->callback([flags, &context] { import_units(*flags, context);
});
CLI::App* list = unit->add_subcommand("list", "the catalogues there are");
flags->data.add_to(*list);
list->callback([flags, &context] { list_catalogues(*flags, context); });
}  // namespace diemcau::mcu

}  // namespace diemcau::mcu
