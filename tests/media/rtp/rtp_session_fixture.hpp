#pragma once
// One session of ours, of which the test plays the site with bytes.

#include <array>
#include <functional>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "media/rtp/header_template.hpp"
#include "media/rtp/rtp_session.hpp"
#include "tests/media/rtp/session_harness.hpp"

namespace diemcau::media {

class RtpSessionTest : public SessionTest {
 protected:
  void open(std::vector<SlotParameters> slots) {
    RtpSessionEvents events;
    events.on_uplink_flow = [this](Slot slot, Layer, bool on) { flows_.emplace_back(slot, on); };
    events.on_statistics = [this](const SessionStatistics& s) { statistics_ = s; };
    site_.emplace(session(std::move(slots)), loop_, pipe_, metrics_, std::move(events));
  }
  void advance(Duration by) {
    for (Duration done{}; done < by; done += std::chrono::milliseconds(20)) {
      clock_.advance(std::chrono::milliseconds(20));
      ticks_ += tick(*site_, clock_.now());
    }
  }
  /// A packet as the site would send it.
  void receive(std::uint16_t sequence, std::vector<std::uint8_t> payload, std::uint8_t type = 96,
               std::uint32_t ssrc = 77, std::string_view mid = "1", int transport_sequence = -1) {
    HeaderExtensionIds ids;
    ids.mid = 4;
    ids.transport_cc = 3;
    const HeaderTemplate header({ssrc, mid, ids, transport_sequence >= 0, false, 64});
    std::vector<std::uint8_t> bytes(header.size());
    header.write(bytes.data(), {true, type, sequence, sequence * 3600u, 0,
                                static_cast<std::uint16_t>(transport_sequence)});
    bytes.insert(bytes.end(), payload.begin(), payload.end());
    site_->on_rtp(bytes, clock_.now());
  }
  template <class Message>
  void receive_rtcp(const Message& message) {
    std::array<std::uint8_t, 500> room;
    rtcp::Writer out(room);
    ASSERT_TRUE(message.write(out));
    site_->on_rtcp(out.written(), clock_.now());
  }
  /// All messages of one kind the session has sent since the last take.
  template <class Message>
  std::vector<Message> sent() {
    std::vector<Message> found;
    for (const auto& d : pipe_.queue) {
      if (!d.rtcp) continue;
      rtcp::CompoundReader reader(d.bytes);
      while (const auto p = reader.next())
        if (const auto m = Message::parse(*p)) found.push_back(*m);
      EXPECT_FALSE(reader.malformed());
    }
    return found;
  }
  std::uint64_t rejected(const char* reason) {
    return metrics_.counter("diemcau_rtp_rejected_total", "", {{"reason", reason}}).value();
  }
  /// All checks run on the loop; the session must be destroyed there too.
  void on_loop(std::function<void()> body) {
    run([&] {
      body();
      site_.reset();
    });
  }

  Pipe pipe_{clock_};
  std::optional<RtpSession> site_;
  std::vector<std::pair<Slot, bool>> flows_;
  SessionStatistics statistics_;
  int ticks_ = 0;
  std::vector<Pipe::Datagram> kept_;
};

inline const std::vector<std::uint8_t> kKeyFrame{0x90, 0x80, 0x80, 0x01, 0x00};
inline const std::vector<std::uint8_t> kInterFrame{0x90, 0x80, 0x80, 0x02, 0x01};

}  // namespace diemcau::media
