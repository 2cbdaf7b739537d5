#include "signaling/auth/identity.hpp"

namespace diemcau::signaling {

std::optional<Role> role_from(std::string_view name) {
  for (const Role role : {Role::admin, Role::chair, Role::secretary, Role::site, Role::viewer}) {
    if (name_of(role) == name) return role;
  }
  return std::nullopt;
}

std::string owner_key(const Identity& who) {
  if (!who.device.empty()) return "device:" + who.device;
  return who.token_id.empty() ? "account:" + who.account.str() : "token:" + who.token_id;
}

}  // namespace diemcau::signaling
