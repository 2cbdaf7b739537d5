#pragma once
// Enrolled devices: a hall's own computer, which belongs to a unit and joins its meetings by
// itself. It is let in as by RFC 8628: the device shows a code of eight characters, somebody who
// may speak for the unit types it elsewhere, and the device takes a secret of 256 bits for it. Only
// hashes are stored. Any thread; blocking (one indexed read; a write when a device is seen after a
// minute).

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/result.hpp"
#include "base/storage/database.hpp"
#include "signaling/auth/identity.hpp"

namespace diemcau::signaling {

inline constexpr std::chrono::minutes kDeviceCodeLifetime{15};

struct Device {
  std::string id;  // not the secret
  UnitCode unit;
  std::string name;       // "Hội trường tầng 2": 1 to 100 characters of one plain line
  std::string unit_name;  // shown in meetings
  std::string enrolled_by;
  WallTime enrolled_at{};
  std::optional<WallTime> seen_at;
};

/// What the one who types the code is shown, so that he knows that it is his device.
struct DeviceRequest {
  std::string address, browser;
  WallTime asked_at{};
};

struct AskedDevice {
  std::string code;    // shown and typed: "k7fm2qzd"
  std::string secret;  // the device's own proof that it asked; never logged
};

struct NewDevice {
  UnitCode unit;
  std::string name, unit_name, enrolled_by;
};

Identity identity_of(const Device& device);
/// As people type it: case, spaces and hyphens do not matter. Empty when it cannot be a code.
std::string folded_device_code(std::string_view typed);

class DeviceStore {
 public:
  /// Codes that wait at once. The 266 halls of a province may ask in one morning, and a page that
  /// is loaded anew leaves a code behind for 15 minutes: three for each, and some to spare.
  static constexpr std::size_t kMostRequests = 1000;

  /// Needs AccountStore::schema().
  DeviceStore(Database& database, const Clock& clock) : database_(database), clock_(clock) {}

  /// `browser` is cut to 200 bytes. Errors: device.too_many_requests (busy): too many wait already.
  Result<AskedDevice> ask(const std::string& address, std::string_view browser);
  /// Errors: device.no_request (not_found): unknown, expired or used, all alike.
  Result<DeviceRequest> find_request(std::string_view code) const;
  /// Errors: device.no_request, device.bad_name (invalid_argument).
  Result<Device> enrol(std::string_view code, const NewDevice& wanted);

  struct Taken {
    std::string secret;  // the device's cookie, never logged
    Device device;
  };
  /// By the device that asked: nothing while nobody has typed its code. Its secret is given once.
  /// Errors: device.no_request.
  Result<std::optional<Taken>> take(std::string_view request_secret);

  /// Notes that it was seen. Errors: auth.no_session (unauthorized): malformed, unknown, revoked.
  Result<Device> resolve(std::string_view secret);
  /// By unit and name.
  Result<std::vector<Device>> list() const;
  /// Errors: device.not_found.
  Result<Device> find(std::string_view id) const;
  /// Ends its sessions as well. Errors: device.not_found.
  Result<void> revoke(std::string_view id);

 private:
  Database& database_;
  const Clock& clock_;
};

}  // namespace diemcau::signaling
