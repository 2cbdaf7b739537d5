// recording.json: no name in it may leave its folder, and what is read is written back the same.
#include <cstdlib>

#include "recording/sidecar.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace diemcau::recording;
  const auto sidecar = sidecar_from_json({reinterpret_cast<const char*>(data), size});
  if (!sidecar) return 0;
  for (const auto& segment : sidecar->segments)
    if (segment.file.find('/') != std::string::npos) std::abort();
  const auto again = sidecar_from_json(to_json(*sidecar));
  if (!again || !(*again == *sidecar)) std::abort();
  return 0;
}
