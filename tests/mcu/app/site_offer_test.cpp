#include "mcu/app/simulate/site_offer.hpp"

#include <gtest/gtest.h>

namespace diemcau::mcu {
namespace {

using media::Layer;
using media::Slot;

LocalTransport local() {
  LocalTransport local;
  local.ice.ufrag = "abcd";
  local.ice.password = std::string(24, 'x');
  local.ice.candidates = {"candidate:1 1 UDP 2015363327 127.0.0.1 50012 typ host"};
  local.fingerprint = {"sha-256", std::vector<std::uint8_t>(32, 7)};
  return local;
}

/// What the server makes of the offer, and the site of the answer.
std::pair<media::SessionParameters, media::SessionParameters> both_ends(bool layers) {
  const auto offer = parse_offer(write_site_offer(local(), layers));
  EXPECT_TRUE(offer) << offer.error().detail;
  NegotiationPolicy policy;
  std::uint32_t ssrc = 100;
  policy.random_ssrc = [&] { return ++ssrc; };
  const auto negotiated = negotiate(*offer, policy);
  EXPECT_TRUE(negotiated) << negotiated.error().detail;
  const auto read = read_site_answer(write_answer(*offer, *negotiated, local()));
  EXPECT_TRUE(read) << read.error().detail;
  return {negotiated->parameters, *read};
}

TEST(SiteOffer, sends_its_camera_in_two_layers_where_the_server_takes_them) {
  const auto [server, site] = both_ends(true);
  EXPECT_TRUE(server.slots[1].simulcast);
  EXPECT_EQ(site.slots[1].slot, Slot::main);
  EXPECT_EQ(site.slots[1].send_layer, Layer::high);
  EXPECT_EQ(site.slots[1].extensions.rid, server.slots[1].extensions.rid);
  EXPECT_FALSE(site.slots[2].send_layer) << "the screen is one picture";

  const auto thumbnail = thumbnail_session(site);
  ASSERT_TRUE(thumbnail);
  ASSERT_EQ(thumbnail->slots.size(), 1u);
  const auto& low = thumbnail->slots[0];
  EXPECT_EQ(low.send_layer, Layer::low);
  EXPECT_FALSE(low.receive);
  EXPECT_NE(low.local_ssrc, site.slots[1].local_ssrc);
  EXPECT_NE(low.local_rtx_ssrc, site.slots[1].local_rtx_ssrc);
  EXPECT_EQ(low.mid, site.slots[1].mid);
}

TEST(SiteOffer, sends_one_picture_where_it_offered_no_more) {
  const auto [server, site] = both_ends(false);
  EXPECT_FALSE(server.slots[1].simulcast);
  EXPECT_FALSE(site.slots[1].send_layer);
  EXPECT_FALSE(thumbnail_session(site));
}

}  // namespace
}  // namespace diemcau::mcu
