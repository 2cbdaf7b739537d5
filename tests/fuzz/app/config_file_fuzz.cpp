#include "mcu/app/config_file.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  diemcau::mcu::ServeOptions options;
  (void)diemcau::mcu::apply_config(options, {reinterpret_cast<const char*>(data), size});
  return 0;
}
