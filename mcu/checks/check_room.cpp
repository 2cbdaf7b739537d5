#include "mcu/checks/check_room.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <openssl/rand.h>

#include "mcu/conference/arrival.hpp"
#include "mcu/conference/posting.hpp"
#include "media/transport/dtls_certificate.hpp"

namespace diemcau::mcu {

using media::Layer;
using media::Slot;
using std::chrono::milliseconds;

namespace {
constexpr Duration kToneStep = milliseconds(20);
constexpr Duration kProbeStep = milliseconds(500);
// From what sound and slides need to the stage and a second picture with room to spare, bit/s.
constexpr std::array kProbeRates{500e3, 1e6, 2e6, 4e6};

template <class T>
T random_number() {
  T value{};
  RAND_bytes(reinterpret_cast<unsigned char*>(&value), sizeof value);
  return value;
}

std::string name_of(CheckStep step) {
  switch (step) {
    case CheckStep::record:
      return "record";
    case CheckStep::play:
      return "play";
    case CheckStep::tone:
      return "tone";
    case CheckStep::probe:
      return "probe";
  }
  return "";
}
}  // namespace

CheckRoom::CheckRoom(Context context, Places::Place place)
    : context_(std::move(context)),
      loop_(transport_for_one_more(*context_.media)),
      place_(std::move(place)) {}

CheckRoom::~CheckRoom() {
  close();
}

boost::asio::awaitable<Result<std::string>> CheckRoom::open(std::string text) {
  const auto self = shared_from_this();
  auto offer = parse_offer(text);
  if (!offer) co_return offer.error();
  NegotiationPolicy policy;
  policy.random_ssrc = random_number<std::uint32_t>;
  auto negotiated = negotiate(*offer, policy);
  if (!negotiated) co_return negotiated.error();
  negotiated_ = std::move(*negotiated);
  // What is kept is played as it is: redundancy would have to be taken apart.
  for (auto& each : negotiated_.parameters.slots) each.codec.red_payload_type.reset();

  media::EndpointEvents events;
  const auto weak = weak_from_this();
  events.on_state = posting(weak, context_.strand, &CheckRoom::on_transport);
  events.on_statistics = posting(weak, context_.strand, &CheckRoom::on_statistics);
  const Arrival arrival(context_.strand);
  const auto& shared = *context_.media;
  endpoint_ =
      media::Endpoint::create(loop_, *shared.certificate, shared.transport, negotiated_.parameters,
                              *shared.metrics, std::move(events), arrival.ready());
  auto local = co_await arrival.wait();
  if (!local) {
    close();
    co_return local.error();
  }
  LocalTransport transport;
  transport.ice = std::move(*local);
  transport.fingerprint = shared.certificate->fingerprint();
  transport.session_id = random_number<std::uint64_t>() >> 2;
  co_return write_answer(*offer, negotiated_, transport);
}

const media::SlotParameters* CheckRoom::slot(Slot wanted) const {
  for (const auto& each : negotiated_.parameters.slots)
    if (each.slot == wanted) return &each;
  return nullptr;
}

void CheckRoom::on_transport(media::TransportState state, std::string) {
  if (!endpoint_) return;
  if (state == media::TransportState::connected && !deck_)
    connect_deck();
  else if (state == media::TransportState::failed || state == media::TransportState::closed)
    close();
}

void CheckRoom::connect_deck() {
  media::TapeDeck::Options options;
  const auto* picture = slot(Slot::main);
  if (picture != nullptr) options.picture = picture->codec.codec;
  options.length = kRecording;
  options.tone = context_.tone;
  media::TapeDeckEvents events;
  const auto weak = weak_from_this();
  events.on_recorded = posting(weak, context_.strand, &CheckRoom::on_recorded);
  events.on_played = posting(weak, context_.strand, &CheckRoom::on_played);
  deck_ = std::make_unique<media::TapeDeck>(loop_, std::move(options), std::move(events));
  endpoint_->set_uplink_sink(Slot::audio, deck_->sound());
  endpoint_->set_ordered_sink(Slot::main, Layer::high, deck_->picture());
  view_.state = CheckView::State::ready;
}

std::shared_ptr<media::EncodedStream> CheckRoom::output(Slot of, const char* label) const {
  const auto* parameters = slot(of);
  if (parameters == nullptr || !parameters->send) return nullptr;
  media::EncodedStream::Options options;
  options.codec = parameters->codec.codec;
  options.label = label;
  return media::EncodedStream::create(std::move(options), {&loop_}, *context_.media->clock, {});
}

Result<Duration> CheckRoom::begin(CheckStep step) {
  if (view_.state == CheckView::State::busy)
    return make_error(Errc::conflict, "check.busy", "a step is being carried out");
  if (view_.state != CheckView::State::ready)
    return make_error(Errc::conflict, "check.not_connected", "no media connection");
  Duration takes = kRecording;
  if (step == CheckStep::record) {
    view_.recorded.reset();
    endpoint_->request_key_frame(Slot::main, Layer::high);
    deck_->record();
  } else if (step == CheckStep::play) {
    if (!view_.recorded)
      return make_error(Errc::conflict, "check.nothing_recorded", "record first");
    const media::TapeDeck::Outputs to{output(Slot::audio, "check-sound"),
                                      output(Slot::main, "check-picture")};
    endpoint_->show(Slot::audio, to.sound);
    endpoint_->show(Slot::main, to.picture);
    deck_->play(to);
  } else if (step == CheckStep::tone) {
    takes = kToneStep * static_cast<int>(context_.tone ? context_.tone->size() : 0);
    const auto sound = output(Slot::audio, "check-sound");
    endpoint_->show(Slot::audio, sound);
    deck_->play_tone(sound);
  } else {
    probe_ = context_.probes->take();
    if (!probe_)
      return make_error(Errc::busy, "check.line_busy", "others fill the server's line just now");
    std::vector<media::ProbeStep> steps;
    for (const double rate : kProbeRates) steps.push_back({rate, kProbeStep});
    takes = kProbeStep * static_cast<int>(steps.size());
    endpoint_->probe(Slot::second, std::move(steps),
                     posting(weak_from_this(), context_.strand, &CheckRoom::on_probed));
  }
  view_.state = CheckView::State::busy;
  view_.doing = name_of(step);
  return takes;
}

void CheckRoom::on_recorded(media::Recorded kept) {
  view_.recorded = {kept.sound_packets, kept.picture_packets, kept.bytes, kept.cut};
  on_played();
}

void CheckRoom::on_played() {
  if (view_.state != CheckView::State::busy) return;
  view_.state = CheckView::State::ready;
  view_.doing.clear();
  endpoint_->show(Slot::audio, nullptr);
  endpoint_->show(Slot::main, nullptr);
}

void CheckRoom::on_probed(bool) {
  probe_.reset();
  on_played();
}

void CheckRoom::on_statistics(media::SessionStatistics statistics) {
  double arrived = 0;
  for (const auto& up : statistics.up) arrived += up.bitrate;
  view_.uplink_best = std::max(view_.uplink_best, arrived);
}

CheckView CheckRoom::view() const {
  return view_;
}

void CheckRoom::close() {
  view_.state = CheckView::State::closed;
  view_.doing.clear();
  if (endpoint_) endpoint_->close();
  deck_.reset();
  endpoint_.reset();
  place_.reset();
  probe_.reset();
}

}  // namespace diemcau::mcu
