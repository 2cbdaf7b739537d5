#pragma once
// The `type`s a client may send: exactly those the parser knows, so that a table over all of them
// (rights, documentation) can be checked to be whole.

#include <string>
#include <vector>

namespace diemcau::signaling {

std::vector<std::string> client_message_types();
/// Those of the control room, "floor.request" and so on.
std::vector<std::string> control_message_types();

}  // namespace diemcau::signaling
