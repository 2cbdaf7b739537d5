#pragma once
// Who speaks, as established by a session cookie or a bearer token.

#include <optional>
#include <string>
#include <string_view>

#include "base/ids.hpp"

namespace diemcau::signaling {

/// admin; chair (chủ tọa); secretary (thư ký); site (điểm cầu: a room, not a person); viewer.
enum class Role { admin, chair, secretary, site, viewer };

constexpr std::string_view name_of(Role role) {
  switch (role) {
    case Role::admin:
      return "admin";
    case Role::chair:
      return "chair";
    case Role::secretary:
      return "secretary";
    case Role::site:
      return "site";
    case Role::viewer:
      return "viewer";
  }
  return "viewer";
}
std::optional<Role> role_from(std::string_view name);

struct Identity {
  Role role = Role::viewer;
  UnitCode unit;         // a right is role × node of the unit tree
  std::string name;      // shown: the account's or the unit's name
  AccountId account;     // empty for a token
  std::string token_id;  // empty for an account; not the secret
  std::string device;    // set for an enrolled device (device_store.hpp); not the secret
  /// Set for a token: good for this meeting only.
  std::optional<MeetingId> meeting;

  bool may_manage_meeting() const {
    return role == Role::admin || role == Role::chair || role == Role::secretary;
  }
};

/// By what somebody is signed in, however many sessions and pages he has of it: one account, device
/// or token.
std::string owner_key(const Identity& who);

}  // namespace diemcau::signaling
