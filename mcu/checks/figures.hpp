#pragma once
// What a check of a site measured, as its page reports it, and as JSON.

#include <optional>
#include <string>

#include <boost/json/object.hpp>

#include "base/result.hpp"

namespace diemcau::mcu {

/// Nothing: not measured. Rates in kbit/s, losses in per cent, times in ms.
struct CheckFigures {
  bool connected = false;
  std::string transport;  // "udp", "tcp"; empty while there is no path
  std::optional<double> up, down, loss_up, loss_down, round_trip, jitter;

  /// "live", "off", or why the browser gives nothing: "denied", "absent", "busy", "insecure",
  /// "lost", "failed".
  struct Camera {
    std::string state = "off";
    int width = 0, height = 0;
    double fps = 0;
    std::optional<double> brightness, contrast, motion;  // 0…255
  } camera;
  struct Microphone {
    std::string state = "absent";
    std::optional<double> peak, speech, pauses;  // dBFS
    std::optional<double> clipped;               // per cent of the samples
  } microphone;

  std::string speaker = "unknown";  // "heard", "unheard"

  struct Echo {
    bool measured = false;
    double likeness = 0;  // 0…1
    double level = -120;  // dB against what was played
    double delay = 0;     // ms
  } echo;
};

/// Every number is bounded, every word known. Errors: check.bad_figures (detail names the field).
Result<CheckFigures> figures_from(const boost::json::object& body);
boost::json::object to_json(const CheckFigures& figures);

}  // namespace diemcau::mcu
