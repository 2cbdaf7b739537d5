#pragma once
// A plan as the pages are told it.

#include <string_view>

#include "mcu/conference/layout_policy.hpp"
#include "signaling/messages.hpp"

namespace diemcau::mcu {

std::string_view name_of(media::TileState state);
signaling::StageView stage_view(const StagePlan& plan);

}  // namespace diemcau::mcu
