#pragma once
// The results of checks, by unit and device. Blocking, any thread.

#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/storage/database.hpp"
#include "mcu/checks/figures.hpp"

namespace diemcau::mcu {

struct SiteCheck {
  std::string id;  // 32 hexadecimal digits, chosen by the page: told twice it is one result
  UnitCode unit;
  std::string device;       // the browser's own number for itself
  std::string device_name;  // what people call it
  std::string actor;        // who checked, as in the event log
  WallTime at{};
  CheckFigures figures;
};

/// 1 to 64 letters, digits and dashes.
bool is_device_id(std::string_view text);

class CheckStore {
 public:
  /// Of each device of a unit the newest is kept, of so many devices of a unit, and none for longer
  /// than that.
  static constexpr int kDevicesOfUnit = 20;
  static constexpr std::chrono::hours kKept{24 * 180};

  static const Schema& schema();
  CheckStore(Database& database, const Clock& clock) : database_(database), clock_(clock) {}

  /// Writes it down as of now; it takes the place of what this device of the unit told before,
  /// under whatever id. Errors: check.bad_id, check.bad_device (invalid_argument), check.taken
  /// (conflict: another's id).
  Result<SiteCheck> put(SiteCheck check);
  /// The newest of each unit and device, the newest first.
  Result<std::vector<SiteCheck>> latest();

 private:
  Database& database_;
  const Clock& clock_;
};

}  // namespace diemcau::mcu
