#pragma once
// Runs the command line as a shell would, in one process.

#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "mcu/app/cli.hpp"
#include "tests/base/storage/testing/database_test.hpp"

namespace diemcau::mcu {

struct Ran {
  int code = -1;
  std::string out, err;
};

class CliTest : public ::testing::Test {
 protected:
  /// "--data <folder>" is added.
  Ran with_data(std::vector<std::string> arguments, const std::string& input = {}) {
    arguments.insert(arguments.end(), {"--data", data().string()});
    return run(arguments, input);
  }
  Ran run(const std::vector<std::string>& arguments, const std::string& input = {}) {
    std::istringstream in(input);
    std::ostringstream out, err;
    CliContext context{in,
                       out,
                       err,
                       clock_,
                       [this](const ServeOptions& options) {
                         served_ = options;
                         return exit_code_;
                       },
                       [this](const SimulateOptions& options) {
                         simulated_ = options;
                         return exit_code_;
                       }};
    Ran ran;
    ran.code = run_cli(arguments, context);
    ran.out = out.str();
    ran.err = err.str();
    return ran;
  }
  std::filesystem::path data() const { return folder_.path() / "data"; }
  std::filesystem::path write(const std::string& name, const std::string& text) const;

  diemcau::testing::TemporaryFolder folder_;
  ManualClock clock_;
  int exit_code_ = 0;
  ServeOptions served_;
  SimulateOptions simulated_;
};

}  // namespace diemcau::mcu
