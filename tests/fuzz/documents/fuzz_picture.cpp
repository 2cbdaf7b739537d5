#include <cstdint>
#include <cstdlib>
#include <string>

#include "mcu/meetings/documents/content_kind.hpp"
#include "mcu/meetings/documents/picture_structure.hpp"

// The bound on size is the caller's: a document is at most as long as its setting says.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace diemcau::mcu;
  const std::span<const std::uint8_t> bytes(data, size);
  for (const auto& extent : {check_png(bytes), check_jpeg(bytes)})
    if (extent && (extent->width == 0 || extent->width > 20'000 || extent->height == 0 ||
                   extent->height > 20'000))
      std::abort();
  const auto kind = sniff({reinterpret_cast<const char*>(data), size});
  if (check_png(bytes) && kind != ContentKind::png) std::abort();
  return 0;
}
