#pragma once
// The command line: `diemcau COMMAND …`.

#include <functional>
#include <iosfwd>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "mcu/app/serve.hpp"
#include "mcu/app/simulate.hpp"

namespace diemcau::mcu {

enum ExitCode : int { kDone = 0, kFailed = 1, kWrongUsage = 2 };

/// What a command works with; tests give their own.
struct CliContext {
  std::istream& in;
  std::ostream& out;
  std::ostream& err;
  const Clock& clock;
  /// A command whose program is not given is not offered.
  std::function<int(const ServeOptions&)> serve;
  std::function<int(const SimulateOptions&)> simulate;
};

/// `arguments` without the program's name. Returns an ExitCode.
int run_cli(const std::vector<std::string>& arguments, CliContext& context);

}  // namespace diemcau::mcu
