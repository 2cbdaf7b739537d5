// A catalogue of units from anywhere: refused or a tree that can be walked.
#include "base/units/unit_csv.hpp"
#include "base/units/unit_tree.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace diemcau;
  auto units = parse_unit_csv({reinterpret_cast<const char*>(data), size});
  if (!units) return 0;
  auto tree = UnitTree::build("fuzz", CivilDate{}, std::nullopt, std::move(*units));
  if (!tree) return 0;
  for (const Unit& unit : (*tree)->units()) {
    if ((*tree)->display_name(unit).empty() || (*tree)->path(unit.code).empty()) __builtin_trap();
  }
  if ((*tree)->select("all")->size() != (*tree)->units().size()) __builtin_trap();
  return 0;
}
