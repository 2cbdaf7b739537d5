// Range header: what is answered always lies inside the file.
#include <cstdlib>
#include <cstring>

#include "recording/byte_range.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace diemcau::recording;
  std::uint64_t file = 0;
  if (size < sizeof file) return 0;
  std::memcpy(&file, data, sizeof file);
  file >>= file % 64;
  const std::string_view header(reinterpret_cast<const char*>(data) + 8, size - 8);
  const ByteRange range = parse_range(header, file);
  if (range.kind == ByteRange::Kind::part &&
      (range.length == 0 || range.first >= file || range.length > file - range.first))
    std::abort();
  if (range.kind == ByteRange::Kind::whole && range.length != file) std::abort();
  if (range.kind != ByteRange::Kind::whole) (void)content_range(range, file);
  return 0;
}
