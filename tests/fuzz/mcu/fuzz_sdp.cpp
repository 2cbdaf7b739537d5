// An offer of any shape gets an answer or a refusal, and the answer is one line per line.
#include <cstdlib>
#include <string_view>

#include "mcu/conference/negotiation/answer.hpp"

using namespace diemcau;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  (void)mcu::parse_ice_fragment(text);
  mcu::OfferedSimulcast layers;
  layers.read_rid(text);
  layers.read_simulcast(text);
  if (layers.send.size() > mcu::kMaxLayers || layers.rids.size() > mcu::kMaxRids) std::abort();
  const auto offer = mcu::parse_offer(text);
  if (!offer) return 0;
  mcu::NegotiationPolicy policy;
  policy.random_ssrc = [n = 1u]() mutable { return ++n; };
  const auto result = mcu::negotiate(*offer, policy);
  if (!result) return 0;
  mcu::LocalTransport local;
  local.ice = {"UFRG", "PASSWORDPASSWORDPASSWORD", {}};
  local.fingerprint = {"sha-256", std::vector<std::uint8_t>(32)};
  const auto answer = mcu::write_answer(*offer, *result, local);
  if (result->slot_of_section.size() != offer->media.size()) std::abort();
  // Nothing of the offer may smuggle a line into the answer.
  for (std::size_t at = 0; at < answer.size();) {
    const auto end = answer.find("\r\n", at);
    if (end == std::string::npos || end < at + 2 || answer[at + 1] != '=') std::abort();
    if (answer.find_first_of(std::string_view("\r\n\0", 3), at) != end) std::abort();
    at = end + 2;
  }
  return 0;
}
