#include "media/transport/consent_check.hpp"

#include <array>
#include <vector>

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <stun/stunagent.h>
#include <stun/usages/ice.h>

namespace diemcau::media {
namespace {

using Answer = ConsentCheck::Answer;
using Bytes = std::vector<std::uint8_t>;

/// The peer: answers what carries its own password.
class Peer {
 public:
  explicit Peer(std::string password) : password_(std::move(password)) {
    stun_agent_init(&agent_, STUN_ALL_KNOWN_ATTRIBUTES, STUN_COMPATIBILITY_RFC5389,
                    static_cast<StunAgentUsageFlags>(STUN_AGENT_USAGE_SHORT_TERM_CREDENTIALS |
                                                     STUN_AGENT_USAGE_USE_FINGERPRINT));
  }
  /// Empty: the request is not for it.
  Bytes answer(std::span<const std::uint8_t> request, int error = 0) {
    StunMessage asked{};
    user_.clear();
    if (stun_agent_validate(&agent_, &asked, request.data(), request.size(), &Peer::password_of,
                            this) != STUN_VALIDATION_SUCCESS)
      return {};
    Bytes bytes(512);
    StunMessage reply{};
    if (error == 0) {
      stun_agent_init_response(&agent_, &reply, bytes.data(), bytes.size(), &asked);
    } else {
      stun_agent_init_error(&agent_, &reply, bytes.data(), bytes.size(), &asked,
                            static_cast<StunError>(error));
    }
    bytes.resize(stun_agent_finish_message(&agent_, &reply,
                                           reinterpret_cast<const std::uint8_t*>(password_.data()),
                                           password_.size()));
    return bytes;
  }
  const std::string& user() const { return user_; }

 private:
  static bool password_of(StunAgent*, StunMessage*, std::uint8_t* user, std::uint16_t size,
                          std::uint8_t** password, std::size_t* password_size, void* self) {
    auto& peer = *static_cast<Peer*>(self);
    peer.user_.assign(reinterpret_cast<const char*>(user), size);
    *password = reinterpret_cast<std::uint8_t*>(peer.password_.data());
    *password_size = peer.password_.size();
    return true;
  }
  StunAgent agent_{};
  std::string password_, user_;
};

class ConsentCheckTest : public testing::Test {
 protected:
  static IceParameters parameters(const char* ufrag, const char* password) {
    IceParameters p;
    p.ufrag = ufrag;
    p.password = password;
    return p;
  }
  ConsentCheck check_{parameters("ours", "ourpasswordisquitelong1"),
                      parameters("their", "theirpasswordislong1234"), false};
  Peer peer_{"theirpasswordislong1234"};
};

TEST_F(ConsentCheckTest, the_peer_that_gets_the_request_can_answer_it_once) {
  const auto answer = peer_.answer(check_.request());
  ASSERT_FALSE(answer.empty());
  EXPECT_EQ(peer_.user(), "their:ours");
  EXPECT_EQ(check_.look_at(answer), Answer::granted);
  EXPECT_EQ(check_.look_at(answer), Answer::none) << "the same answer again proves nothing";
}

TEST_F(ConsentCheckTest, an_answer_to_an_earlier_request_counts_and_to_one_never_sent_does_not) {
  const auto first = check_.request();
  const Bytes kept(first.begin(), first.end());
  for (int i = 0; i < 5; ++i) check_.request();
  EXPECT_EQ(check_.look_at(peer_.answer(kept)), Answer::granted);

  ConsentCheck other(parameters("ours", "ourpasswordisquitelong1"),
                     parameters("their", "theirpasswordislong1234"), false);
  EXPECT_EQ(check_.look_at(peer_.answer(other.request())), Answer::none);
}

TEST_F(ConsentCheckTest, who_does_not_know_the_password_cannot_answer) {
  const auto request = check_.request();
  Peer stranger("anotherpasswordislong12");
  EXPECT_TRUE(stranger.answer(request).empty());
  auto forged = peer_.answer(request);
  forged[30] ^= 1;
  EXPECT_EQ(check_.look_at(forged), Answer::none);
}

TEST_F(ConsentCheckTest, consent_that_is_taken_back_is_told) {
  EXPECT_EQ(check_.look_at(peer_.answer(check_.request(), 403)), Answer::refused);
  EXPECT_EQ(check_.look_at(peer_.answer(check_.request(), 500)), Answer::none);
}

TEST_F(ConsentCheckTest, goes_on_asking_however_many_are_lost_and_ignores_what_is_no_answer) {
  for (int i = 0; i < 1000; ++i) ASSERT_FALSE(check_.request().empty()) << i;
  EXPECT_EQ(check_.look_at(peer_.answer(check_.request())), Answer::granted);
  EXPECT_EQ(check_.look_at({}), Answer::none);
  EXPECT_EQ(check_.look_at(Bytes(20, 0)), Answer::none);
  EXPECT_EQ(check_.look_at(check_.request()), Answer::none) << "our own request come back";
}

}  // namespace
}  // namespace diemcau::media
