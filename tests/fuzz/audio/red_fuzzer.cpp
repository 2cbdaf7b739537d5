// RFC 2198: what is read lies inside the payload, and what is written again is the same.

#include <cstdint>
#include <cstdlib>
#include <span>
#include <vector>

#include "media/codec/red.hpp"
#include "media/mix/opus_codec.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace diemcau::media;
  const std::span payload(data, size);
  const auto red = parse_red(payload);
  const std::size_t carried = packets_carried_again(payload);
  if (carried > (red ? red->count - 1 : 0)) std::abort();
  if (!red) return 0;
  for (std::size_t i = 0; i < red->count; ++i) {
    const auto block = red->blocks[i].data;
    if (!block.empty() && (block.data() < data || block.data() + block.size() > data + size))
      std::abort();
    (void)opus_packet_samples(block);
    (void)opus_packet_has_fec(block);
  }
  std::vector<std::uint8_t> again(size);
  if (build_red(std::span(red->blocks).first(red->count), again) != size) std::abort();
  const auto second = parse_red(again);
  if (!second || second->count != red->count) std::abort();
  return 0;
}
