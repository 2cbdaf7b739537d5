#pragma once
// The roster as the wall shows it.

#include <optional>
#include <string>
#include <vector>

#include "mcu/conference/roster.hpp"
#include "mcu/conference/views.hpp"
#include "mcu/conference/wall_policy.hpp"

namespace diemcau::mcu {

/// All listed sites in protocol order, here or not. A commune stands with its district, a district
/// with its communes, province and departments together.
std::vector<WallSite> wall_sites(const Roster& roster, const Participants& all,
                                 const std::optional<std::string>& speaker);

}  // namespace diemcau::mcu
