#pragma once
// The control room's views as JSON. Private to the writers of signaling.

#include <vector>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "signaling/control_messages.hpp"

namespace diemcau::signaling {

boost::json::object json_of(const ControlView& view);
boost::json::array json_of(const std::vector<AttendanceRow>& rows);

}  // namespace diemcau::signaling
