#pragma once
// One site's test room: an endpoint as a meeting has it, and a tape deck in place of the meeting.
// Lives on the strand of TestRooms.

#include <functional>
#include <memory>
#include <string>

#include <boost/asio/io_context.hpp>
#include <boost/asio/strand.hpp>

#include "mcu/checks/check_service.hpp"
#include "mcu/conference/media_plane.hpp"
#include "mcu/conference/negotiation/answer.hpp"
#include "mcu/conference/places.hpp"
#include "media/endpoint.hpp"
#include "media/tape/tape_deck.hpp"

namespace diemcau::mcu {

class CheckRoom final : public std::enable_shared_from_this<CheckRoom> {
 public:
  static constexpr Duration kRecording = std::chrono::seconds(5);
  using Strand = boost::asio::strand<boost::asio::io_context::executor_type>;
  struct Context {
    const MediaContext* media = nullptr;
    Strand strand;
    std::shared_ptr<const media::Tone> tone;
    Places* probes = nullptr;  // how many may fill the line at once
  };

  CheckRoom(Context context, Places::Place place);
  ~CheckRoom();

  /// The answer. Once.
  boost::asio::awaitable<Result<std::string>> open(std::string offer);
  Result<Duration> begin(CheckStep step);
  CheckView view() const;
  /// Its endpoint ends; what was seen can still be asked for.
  void close();

 private:
  void on_transport(media::TransportState state, std::string reason);
  void on_statistics(media::SessionStatistics statistics);
  void on_recorded(media::Recorded recorded);
  void on_played();
  void on_probed(bool possible);
  const media::SlotParameters* slot(media::Slot slot) const;
  std::shared_ptr<media::EncodedStream> output(media::Slot slot, const char* label) const;
  void connect_deck();

  const Context context_;
  media::TransportLoop& loop_;
  Places::Place place_;  // until it closes
  Places::Place probe_;
  Negotiated negotiated_;
  std::shared_ptr<media::Endpoint> endpoint_;
  std::unique_ptr<media::TapeDeck> deck_;
  CheckView view_;
};

}  // namespace diemcau::mcu
