#include "mcu/app/simulate/site_choice.hpp"

#include <algorithm>

namespace diemcau::mcu {

Result<std::vector<UnitCode>> choose_sites(const std::vector<UnitCode>& expected,
                                           const std::vector<UnitCode>& except, std::size_t count) {
  const auto holds = [](const std::vector<UnitCode>& list, const UnitCode& unit) {
    return std::find(list.begin(), list.end(), unit) != list.end();
  };
  for (const auto& unit : except)
    if (!holds(expected, unit))
      return make_error(Errc::invalid_argument, "simulate.not_expected",
                        "--except " + unit.str() + ": the meeting does not expect it");
  std::vector<UnitCode> chosen;
  for (const auto& unit : expected) {
    if (chosen.size() == count) break;
    if (!holds(except, unit)) chosen.push_back(unit);
  }
  return chosen;
}

}  // namespace diemcau::mcu
