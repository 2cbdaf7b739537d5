#include "signaling/auth/device_store.hpp"

#include <algorithm>

#include <soci/soci.h>

#include "base/storage/wall_time.hpp"
#include "base/text.hpp"
#include "signaling/auth/secret.hpp"

namespace diemcau::signaling {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kCodeLength = 8;
constexpr std::size_t kMaxBrowser = 200;
constexpr std::size_t kMostNameBytes = 400;
constexpr std::ptrdiff_t kMostName = 100;  // characters
constexpr auto kSeenStep = 1min;

Error no_request() {
  return make_error(Errc::not_found, "device.no_request",
                    "no device shows that code now; it is good for 15 minutes");
}
Error not_found() {
  return make_error(Errc::not_found, "device.not_found", "there is no such device");
}

/// `condition` is one of ours, with at most the one parameter :value.
std::vector<Device> select(soci::session& session, const std::string& condition,
                           const std::string& value) {
  Device row;
  long long enrolled = 0, seen = 0;
  soci::statement rows(session);
  rows.exchange(soci::into(row.id));
  rows.exchange(soci::into(row.unit.value));
  rows.exchange(soci::into(row.name));
  rows.exchange(soci::into(row.unit_name));
  rows.exchange(soci::into(row.enrolled_by));
  rows.exchange(soci::into(enrolled));
  rows.exchange(soci::into(seen));
  if (!condition.empty()) rows.exchange(soci::use(value, "value"));
  rows.alloc();
  rows.prepare("SELECT id, unit, name, unit_name, enrolled_by, enrolled_at, seen_at FROM devices " +
               condition + " ORDER BY unit, name, id");
  rows.define_and_bind();
  std::vector<Device> out;
  rows.execute();
  while (rows.fetch()) {
    row.enrolled_at = from_microseconds(enrolled);
    row.seen_at = seen == 0 ? std::nullopt : std::optional(from_microseconds(seen));
    out.push_back(row);
  }
  return out;
}

struct RequestRow {
  DeviceRequest request;
  std::string code, device;
  bool found = false;
};

/// `condition` is one of ours, with the parameters :value and :now.
RequestRow find_row(soci::session& session, const std::string& condition, const std::string& value,
                    WallTime now) {
  RequestRow row;
  long long asked = 0;
  const long long moment = to_microseconds(now);
  session << "SELECT code, device_id, address, browser, asked_at FROM device_requests WHERE " +
                 condition + " AND expires_at > :now",
      soci::use(value, "value"), soci::use(moment, "now"), soci::into(row.code),
      soci::into(row.device), soci::into(row.request.address), soci::into(row.request.browser),
      soci::into(asked);
  row.found = session.got_data();
  row.request.asked_at = from_microseconds(asked);
  return row;
}

bool is_device_name(std::string_view name) {
  if (name.empty() || name.size() > kMostNameBytes || !is_plain_line(name)) return false;
  return std::ranges::count_if(name, [](char c) {
           return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
         }) <= kMostName;
}

/// Printable ASCII of what the browser calls itself.
std::string tidy(std::string_view browser) {
  std::string out;
  for (const char c : browser.substr(0, kMaxBrowser))
    if (c >= 0x20 && c < 0x7f) out += c;
  return out;
}

}  // namespace

Identity identity_of(const Device& device) {
  Identity identity;
  identity.role = Role::site;
  identity.unit = device.unit;
  identity.name = device.unit_name;
  identity.device = device.id;
  return identity;
}

std::string folded_device_code(std::string_view typed) {
  std::string code;
  for (const char c : typed.substr(0, 32)) {
    if (c == ' ' || c == '-') continue;
    code += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  const bool good = code.size() == kCodeLength && std::ranges::all_of(code, [](char c) {
                      return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
                    });
  return good ? code : std::string();
}

Result<AskedDevice> DeviceStore::ask(const std::string& address, std::string_view browser) {
  const AskedDevice asked{random_readable(kCodeLength), random_secret()};
  const std::string hash = hash_secret(asked.secret), called = tidy(browser);
  const long long now = to_microseconds(clock_.wall()),
                  expires = to_microseconds(clock_.wall() + kDeviceCodeLifetime);
  auto stored = database_.transact([&](soci::session& session) -> Result<void> {
    session << "DELETE FROM device_requests WHERE expires_at <= :now", soci::use(now);
    long long waiting = 0;
    session << "SELECT COUNT(*) FROM device_requests", soci::into(waiting);
    if (waiting >= static_cast<long long>(kMostRequests))
      return make_error(Errc::busy, "device.too_many_requests", "too many devices ask; wait");
    session << "INSERT INTO device_requests (secret_hash, code, device_id, address, browser,"
               " asked_at, expires_at) VALUES (:hash, :code, '', :address, :browser, :now, :end)",
        soci::use(hash), soci::use(asked.code), soci::use(address), soci::use(called),
        soci::use(now), soci::use(expires);
    return {};
  });
  if (!stored) return stored.error();
  return asked;
}

Result<DeviceRequest> DeviceStore::find_request(std::string_view typed) const {
  const std::string code = folded_device_code(typed);
  if (code.empty()) return no_request();
  return database_.run([&](soci::session& session) -> Result<DeviceRequest> {
    auto row = find_row(session, "code = :value", code, clock_.wall());
    if (!row.found || !row.device.empty()) return no_request();
    return std::move(row.request);
  });
}

Result<Device> DeviceStore::enrol(std::string_view typed, const NewDevice& wanted) {
  const std::string code = folded_device_code(typed);
  if (code.empty()) return no_request();
  if (!is_device_name(wanted.name))
    return make_error(Errc::invalid_argument, "device.bad_name",
                      "a device's name has 1 to 100 characters on one line");
  Device device{random_readable(16), wanted.unit,   wanted.name, wanted.unit_name,
                wanted.enrolled_by,  clock_.wall(), std::nullopt};
  auto stored = database_.transact([&](soci::session& session) -> Result<void> {
    const auto row = find_row(session, "code = :value", code, device.enrolled_at);
    if (!row.found || !row.device.empty()) return no_request();
    const long long at = to_microseconds(device.enrolled_at);
    // Without a secret of its own until the device takes it: nobody comes in by it.
    const std::string none = "-" + device.id;
    session << "INSERT INTO devices (id, secret_hash, unit, name, unit_name, enrolled_by,"
               " enrolled_at, seen_at)"
               " VALUES (:id, :hash, :unit, :name, :unit_name, :by, :at, 0)",
        soci::use(device.id), soci::use(none), soci::use(device.unit.value), soci::use(device.name),
        soci::use(device.unit_name), soci::use(device.enrolled_by), soci::use(at);
    session << "UPDATE device_requests SET device_id = :id WHERE code = :code",
        soci::use(device.id), soci::use(code);
    return {};
  });
  if (!stored) return stored.error();
  return device;
}

Result<std::optional<DeviceStore::Taken>> DeviceStore::take(std::string_view request_secret) {
  if (request_secret.size() != kSecretLength) return no_request();
  const std::string asked = hash_secret(request_secret);
  return database_.transact([&](soci::session& session) -> Result<std::optional<Taken>> {
    const auto row = find_row(session, "secret_hash = :value", asked, clock_.wall());
    if (!row.found) return no_request();
    if (row.device.empty()) return std::optional<Taken>();
    session << "DELETE FROM device_requests WHERE secret_hash = :hash", soci::use(asked);
    auto devices = select(session, "WHERE id = :value", row.device);
    if (devices.empty()) return std::optional<Taken>();  // revoked before it was taken
    Taken taken{random_secret(), std::move(devices.front())};
    const std::string hash = hash_secret(taken.secret);
    session << "UPDATE devices SET secret_hash = :hash WHERE id = :id", soci::use(hash),
        soci::use(taken.device.id);
    return std::optional<Taken>(std::move(taken));
  });
}

Result<Device> DeviceStore::resolve(std::string_view secret) {
  const auto gone = make_error(Errc::unauthorized, "auth.no_session", "no such device");
  if (secret.size() != kSecretLength) return gone;
  auto found = database_.run([&](soci::session& session) {
    return select(session, "WHERE secret_hash = :value", hash_secret(secret));
  });
  if (!found) return found.error();
  if (found->empty()) return gone;
  Device& device = found->front();
  const WallTime now = clock_.wall();
  if (!device.seen_at || now - *device.seen_at >= kSeenStep) {
    // A database that is busy keeps nobody out: the next time notes it.
    (void)database_.transact([&](soci::session& session) {
      const long long at = to_microseconds(now);
      session << "UPDATE devices SET seen_at = :at WHERE id = :id", soci::use(at),
          soci::use(device.id);
    });
    device.seen_at = now;
  }
  return std::move(device);
}

Result<std::vector<Device>> DeviceStore::list() const {
  return database_.run([](soci::session& session) { return select(session, "", ""); });
}

Result<Device> DeviceStore::find(std::string_view id) const {
  const std::string wanted(id);
  return database_.run([&](soci::session& session) -> Result<Device> {
    auto found = select(session, "WHERE id = :value", wanted);
    if (found.empty()) return not_found();
    return std::move(found.front());
  });
}

Result<void> DeviceStore::revoke(std::string_view id) {
  const std::string wanted(id);
  return database_.transact([&](soci::session& session) -> Result<void> {
    if (select(session, "WHERE id = :value", wanted).empty()) return not_found();
    session << "DELETE FROM sessions WHERE device_id = :id", soci::use(wanted);
    session << "DELETE FROM devices WHERE id = :id", soci::use(wanted);
    return {};
  });
}

}  // namespace diemcau::signaling
