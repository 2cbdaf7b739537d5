#include <iostream>

#include <sys/stat.h>

#include "mcu/app/cli.hpp"

int main(int argc, char** argv) {
  // Recordings, accounts and backups are nobody else's business on this machine.
  ::umask(027);
  const diemcau::SystemClock clock;
  diemcau::mcu::CliContext context{std::cin, std::cout, std::cerr, clock, {}, {}};
#ifdef DIEMCAU_HAS_SERVE
  context.serve = diemcau::mcu::run_serve;
#endif
#ifdef DIEMCAU_HAS_SIMULATE
  context.simulate = diemcau::mcu::run_simulate;
#endif
  return diemcau::mcu::run_cli({argv + 1, argv + argc}, context);
}
