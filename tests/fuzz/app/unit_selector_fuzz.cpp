// What an operator writes after --expect, and what a page sends to search for.
#include "base/units/unit_csv.hpp"
#include "base/units/unit_tree.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace diemcau;
  static const auto tree =
      UnitTree::build("fuzz", CivilDate{}, std::nullopt, parse_unit_csv(default_unit_csv()).value())
          .value();
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  auto selected = tree->select(text);
  if (selected && selected->size() > tree->units().size()) __builtin_trap();
  if (tree->search(text, 10).size() > 10) __builtin_trap();
  return 0;
}
