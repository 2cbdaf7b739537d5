#pragma once
// What the API's handlers are given. Everything is borrowed and outlives the server.

#include <filesystem>
#include <functional>

#include <boost/asio/thread_pool.hpp>

#include "base/clock.hpp"
#include "base/events/event_log.hpp"
#include "base/metrics.hpp"
#include "base/units/unit_store.hpp"
#include "mcu/checks/check_service.hpp"
#include "mcu/checks/check_store.hpp"
#include "mcu/conference/conference_service.hpp"
#include "mcu/meetings/clashes.hpp"
#include "mcu/meetings/documents/document_store.hpp"
#include "mcu/meetings/links/link_store.hpp"
#include "mcu/meetings/meeting_store.hpp"
#include "recording/catalogue.hpp"
#include "signaling/auth/authenticator.hpp"
#include "signaling/auth/device_store.hpp"

namespace diemcau::mcu {

struct ApiDependencies {
  ConferenceService* conferences = nullptr;
  CheckService* checks = nullptr;
  CheckStore* check_results = nullptr;
  signaling::Authenticator* authenticator = nullptr;
  MeetingStore* meetings = nullptr;
  UnitStore* units = nullptr;
  EventLog* events = nullptr;
  DocumentStore* documents = nullptr;
  LinkStore* links = nullptr;
  signaling::DeviceStore* devices = nullptr;
  PinThrottle* device_door = nullptr;  // how often one address may ask to enrol
  recording::Catalogue* recordings = nullptr;
  boost::asio::thread_pool* blocking = nullptr;
  boost::asio::thread_pool* inspecting = nullptr;  // what takes seconds
  const Clock* clock = nullptr;
  Metrics* metrics = nullptr;
  ClashRules clash_rules;
  /// web-client/dist; may be missing, then pages answer 404 and the API works.
  std::filesystem::path web_root;
  /// How browsers reach this server ("https://hop.example.vn"); empty: as they asked.
  std::string public_url;
  /// For /readyz, on the blocking pool: what stands against taking a meeting. Empty: nothing.
  std::function<Result<void>()> ready;
};

}  // namespace diemcau::mcu
