#pragma once
// What the figures of a check mean for a meeting. Pure; the thresholds stand in verdict.cpp.

#include <string>
#include <string_view>
#include <vector>

#include "mcu/checks/figures.hpp"

namespace diemcau::mcu {

enum class Verdict { unknown, ok, warn, bad };
std::string_view name_of(Verdict verdict);

/// One thing that is checked. `code` names the sentence that says what to do ("camera.black"); the
/// pages have it in their languages. Empty where there is nothing to do.
struct Finding {
  std::string_view item;
  Verdict verdict = Verdict::unknown;
  std::string code;
  bool operator==(const Finding&) const = default;
};

/// One for each of connection, up, down, loss, delay, camera, microphone, speaker, echo, in this
/// order.
std::vector<Finding> judge(const CheckFigures& figures);
/// The worst of them; what was not measured does not count.
Verdict worst(const std::vector<Finding>& findings);

}  // namespace diemcau::mcu
