#pragma once
// `diemcau simulate`: simulated sites, each a real WebRTC client.

#include <filesystem>
#include <string>
#include <vector>

namespace diemcau::mcu {

struct SimulateOptions {
  std::string url;                      // of the server: "http://127.0.0.1:8080"
  std::string meeting;                  // its id
  std::filesystem::path data = "data";  // where the server's database is, to mint tokens
  std::string database;                 // empty: sqlite:<data>/diemcau.db
  unsigned sites = 1;                   // the first so many expected units
  std::vector<std::string> except;      // units whose seats are left to people
  bool take_part = false;               // answer the roll call, vote, speak when called
  unsigned ask_floor = 0;               // so many of them ask for the floor when they came in
  std::string log_level = "info";
};

/// Until SIGTERM or SIGINT. 0 done, 1 failed.
int run_simulate(const SimulateOptions& options);

}  // namespace diemcau::mcu
