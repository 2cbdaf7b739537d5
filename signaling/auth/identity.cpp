#include "signaling/auth/identity.hpp"

namespace diemcau::signaling {

std::optional<Role> role_from(std::string_view name) {
  for (const Role role : {Role::admin, Role::chair, Role::secretary, Role::site, Role::viewer}) {
    if (name_of(role) == name) return role;
  }
  return std::nullopt;
}

}  // namespace diemcau::signaling
