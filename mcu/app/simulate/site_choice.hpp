#pragma once
// Which expected units simulated sites stand for. Pure.

#include <vector>

#include "base/ids.hpp"
#include "base/result.hpp"

namespace diemcau::mcu {

/// The first `count` of `expected` that are not in `except`: seats where somebody sits are left to
/// him. Errors: simulate.not_expected (an exception that would be none, so a slip of the pen).
Result<std::vector<UnitCode>> choose_sites(const std::vector<UnitCode>& expected,
                                           const std::vector<UnitCode>& except, std::size_t count);

}  // namespace diemcau::mcu
