// Coming and going: from an offer to an endpoint, and what happens when it ends.

#include <boost/json.hpp>
#include <openssl/rand.h>

#include "base/log.hpp"
#include "mcu/conference/arrival.hpp"
#include "mcu/conference/conference.hpp"
#include "mcu/conference/posting.hpp"
#include "media/transport/dtls_certificate.hpp"

namespace diemcau::mcu {

using media::Slot;

namespace {
template <class T>
T random_number() {
  T value{};
  RAND_bytes(reinterpret_cast<unsigned char*>(&value), sizeof value);
  return value;
}

Error signed_out() {
  return make_error(Errc::unauthorized, "auth.no_session", "signed out meanwhile; sign in again");
}

PeerKind peer_kind(JoinKind kind) {
  switch (kind) {
    case JoinKind::browser:
      return PeerKind::page;
    case JoinKind::whip:
      return PeerKind::publisher;
    case JoinKind::whep:
      return PeerKind::receiver;
  }
  return PeerKind::page;
}
}  // namespace

Result<void> Conference::may_be_here(const signaling::Identity& who) const {
  if (closed_) return make_error(Errc::conflict, "meeting.closed", "the meeting is over");
  if (settings_.ended != nullptr && settings_.ended->contains(who)) return signed_out();
  return {};
}

Result<void> Conference::may_join(const JoinRequest& request) const {
  if (auto may = may_be_here(request.who); !may) return may.error();
  if (request.kind == JoinKind::whip && request.who.role == signaling::Role::viewer)
    return make_error(Errc::forbidden, "auth.forbidden", "a viewer's token may not publish");
  return {};
}

Result<void> Conference::ask_at_door(const signaling::Identity& who) {
  // Viewers look on by a token that was given to them: no seat, no door.
  if (who.role == signaling::Role::viewer) return {};
  const auto seat = roster_.seat_for(who);
  switch (room_.admission().ask(seat, manages(who))) {
    case Admission::Answer::come_in:
      room_.set_waiting(seat, false);
      return {};
    case Admission::Answer::wait:
      if (pages_.has(seat)) room_.set_waiting(seat, true);
      return make_error(Errc::conflict, "lobby.waiting",
                        "wait until chair or secretary let you in");
    case Admission::Answer::stay_out:
      break;
  }
  return make_error(Errc::forbidden, "removed", "this seat was sent out of the meeting");
}

Result<Places::Place> Conference::take_place(const JoinRequest& request,
                                             const Participant* previous) {
  // A seat is taken over by whoever comes last: a room that reloads must not wait for its ghost.
  // Taking over needs no new place.
  if (previous != nullptr) return previous->place;
  auto* places = places_for(request.who);
  if (places == nullptr) return Places::Place();
  if (auto place = places->take()) return place;
  const auto limit = std::to_string(places->limit());
  if (request.who.role == signaling::Role::viewer)
    return make_error(Errc::full, "meeting.viewers_full",
                      "the server has its " + limit + " viewers");
  return make_error(Errc::full, "meeting.full", "the meeting has its " + limit + " sites");
}

bool Conference::is_seated(const signaling::Identity& who) {
  const auto seat = roster_.seat_for(roster_.in_this_meeting(who));
  return find_seat(seat) != nullptr || lost_sites_.holds(seat);
}

/// Null: there is no bound.
Places* Conference::places_for(const signaling::Identity& who) {
  return who.role == signaling::Role::viewer ? settings_.viewers : &sites_;
}

std::size_t Conference::limit_for(const signaling::Identity& who) {
  const auto* places = places_for(who);
  return places == nullptr ? 0 : places->limit();
}

Conference::Async<JoinAnswer> Conference::join(JoinRequest request) {
  const auto self = shared_from_this();
  request.who = roster_.in_this_meeting(std::move(request.who));
  if (auto allowed = may_join(request); !allowed) co_return allowed.error();
  if (auto in = ask_at_door(request.who); !in) co_return in.error();
  auto offer = parse_offer(request.offer);
  if (!offer) co_return offer.error();

  NegotiationPolicy policy;
  policy.kind = peer_kind(request.kind);
  policy.random_ssrc = random_number<std::uint32_t>;
  if (!request.whep_site.empty()) {
    const auto site = find_publisher(request.whep_site);
    if (!site)
      co_return make_error(Errc::not_found, "site.not_connected",
                           "that site sends no picture in this meeting now");
    policy.only_video = site->slot(Slot::main)->codec.codec;
  }
  auto negotiated = negotiate(*offer, policy);
  if (!negotiated) co_return negotiated.error();

  const bool viewer = request.who.role == signaling::Role::viewer;
  const std::string seat = roster_.seat_for(request.who);
  auto place = take_place(request, viewer ? nullptr : find_seat(seat).get());
  if (!place) co_return place.error();

  auto participant = std::make_shared<Participant>();
  participant->id = next_participant_id();
  participant->seat = seat;
  participant->who = request.who;
  participant->kind = request.kind;
  participant->channel = request.channel;
  participant->display = request.display;
  if (request.display)
    participant->downlink.set_ceiling(
        level_for_display(request.display->width, request.display->height));
  participant->media = request.media;
  participant->whep_unit = request.whep_site;
  participant->offer = std::move(*offer);
  participant->negotiated = std::move(*negotiated);
  participant->sdp_session = random_number<std::uint64_t>() >> 2;
  participant->muted = !heard(seat);
  participant->place = std::move(*place);

  auto local = co_await open_endpoint(participant);
  if (!local) co_return local.error();
  if (auto still = may_be_here(participant->who); !still) {
    participant->endpoint->close();
    co_return still.error();
  }
  // Others may have come while the endpoint was made: the seat is looked at again.
  if (const auto holder = viewer ? nullptr : find_seat(seat)) {
    if (holder->channel && holder->channel != request.channel)
      holder->channel->close(4409, "replaced", "this seat was taken by a newer connection");
    remove(holder->id, "replaced", false);
  }
  if (const auto lost = lost_sites_.take(seat)) media_->drop_source(lost->camera);
  participants_[participant->id] = participant;
  roster_.list(seat, request.who);
  log::info("meeting {}: {} joins", meeting_.id.str(), seat);

  JoinAnswer answer;
  answer.participant = participant->id;
  answer.seat = seat;
  answer.sdp = answer_for(*participant, std::move(*local));
  co_return answer;
}

Conference::Async<media::IceParameters> Conference::open_endpoint(ParticipantPtr participant) {
  const std::weak_ptr<Conference> weak = weak_from_this();
  const auto id = participant->id;
  media::EndpointEvents events;
  events.on_state = [on = posting(weak, strand_, &Conference::on_transport), id](
                        media::TransportState state, std::string reason) {
    on(id, state, std::move(reason));
  };
  events.on_uplink_flow = [on = posting(weak, strand_, &Conference::on_uplink_flow), id](
                              Slot slot, media::Layer layer, bool flowing) {
    on(id, slot, layer, flowing);
  };
  events.on_statistics = [on = posting(weak, strand_, &Conference::on_statistics),
                          id](const media::SessionStatistics& s) { on(id, s); };
  events.on_choke = [on = posting(weak, strand_, &Conference::on_choke),
                     id](const media::LineEstimate& line) { on(id, line); };
  const Arrival arrival(strand_);
  auto& loop = transport_for_one_more(context_);
  participant->endpoint = media::Endpoint::create(
      loop, *context_.certificate, context_.transport, participant->negotiated.parameters,
      *context_.metrics, std::move(events), arrival.ready());
  co_return co_await arrival.wait();
}

std::string Conference::answer_for(const Participant& participant,
                                   media::IceParameters local) const {
  LocalTransport transport;
  transport.ice = std::move(local);
  transport.fingerprint = context_.certificate->fingerprint();
  transport.session_id = participant.sdp_session;
  transport.session_version = participant.sdp_version;
  return write_answer(participant.offer, participant.negotiated, transport);
}

Conference::Async<std::string> Conference::restart_ice(ParticipantId id, std::string text) {
  const auto self = shared_from_this();
  const auto participant = find(id);
  if (!participant) co_return make_error(Errc::not_found, "join.first", "no such participant");
  auto offer = parse_offer(text);
  if (!offer) co_return offer.error();
  // Slots are fixed at join: a restart may change the path and nothing else.
  if (offer->media.size() != participant->offer.media.size() ||
      !(offer->fingerprint == participant->offer.fingerprint))
    co_return make_error(Errc::invalid_argument, "sdp.not_a_restart",
                         "only ICE credentials may change after joining");
  const Arrival arrival(strand_);
  participant->endpoint->restart_ice(offer->ice, arrival.ready());
  auto local = co_await arrival.wait();
  if (!local) co_return local.error();
  ++participant->sdp_version;
  co_return answer_for(*participant, std::move(*local));
}

Conference::Async<std::optional<std::string>> Conference::patch(ParticipantId id,
                                                                std::string fragment) {
  const auto self = shared_from_this();
  const auto participant = find(id);
  if (!participant) co_return make_error(Errc::not_found, "join.first", "no such participant");
  auto ice = parse_ice_fragment(fragment);
  if (!ice) co_return ice.error();
  const auto& before = participant->offer.ice;
  if (!ice->ufrag.empty() && ice->ufrag != before.ufrag) {
    const Arrival arrival(strand_);
    participant->endpoint->restart_ice(*ice, arrival.ready());
    auto local = co_await arrival.wait();
    if (!local) co_return local.error();
    participant->offer.ice = *ice;
    co_return std::optional<std::string>(write_ice_fragment(*local));
  }
  for (auto& candidate : ice->candidates)
    participant->endpoint->add_remote_candidate(std::move(candidate));
  co_return std::optional<std::string>();
}

void Conference::end_visits(const std::vector<std::string>& owners) {
  const auto error = signed_out();
  for (const auto& owner : owners) {
    pages_.close_owner(owner, 4401, error.code, error.detail);
    for (const auto all = participants_; const auto& [id, participant] : all)
      if (signaling::owner_key(participant->who) == owner) remove(id, "signed_out", false);
  }
  changed();
}

Result<void> Conference::leave(ParticipantId id) {
  if (!find(id)) return make_error(Errc::not_found, "join.first", "no such participant");
  remove(id, "left", false);
  changed();
  return {};
}

void Conference::on_transport(ParticipantId id, media::TransportState state, std::string reason) {
  const auto participant = find(id);
  if (!participant) return;
  if (state == media::TransportState::connected && !participant->connected) {
    participant->connected = true;
    media_->connect(*participant, participants_);
    update_row(*participant, "connected");
    update_presenter(*participant);
    changed();
    boost::json::object data{{"kind", participant->kind == JoinKind::browser ? "browser"
                                      : participant->kind == JoinKind::whip  ? "whip"
                                                                             : "whep"}};
    write(participant->seat, "participant.joined", boost::json::serialize(data));
    show_sites();
  } else if (state == media::TransportState::failed || state == media::TransportState::closed) {
    // A peer that said goodbye left; one that fell silent may come back to its place.
    const bool broke = state == media::TransportState::failed;
    if (broke && participant->channel)
      participant->channel->close(1001, "media.failed", "the media connection was lost");
    remove(id, broke ? "lost: " + reason : "left", broke);
    changed();
  }
}

void Conference::remove(ParticipantId id, const std::string& why, bool keep_seat) {
  const auto participant = find(id);
  if (!participant) return;
  participants_.erase(id);
  const bool listed = roster_.find(participant->seat) != nullptr;
  const bool keep = keep_seat && listed && participant->connected && participant->camera_on();
  if (keep) {
    StageSite site;
    const auto* row = roster_.find(participant->seat);
    site.seat = participant->seat;
    site.label = row->name;
    site.camera = participant->camera();
    site.order = row->order;
    site.chair = participant->who.role == signaling::Role::chair;
    lost_sites_.keep(std::move(site), context_.clock->now() + settings_.keep_seat);
  }
  media_->disconnect(*participant, keep);
  participant->endpoint->close();
  speaker_.forget(participant->seat);
  for (const auto kind : notices_.forget(participant->seat))
    tell_notice({participant->seat, name_of(kind)}, false);
  if (listed) update_row(*participant, keep ? "reconnecting" : "absent");
  participant->media = {};
  participant->screen_flowing = false;
  update_presenter(*participant);
  if (participant->connected) {
    boost::json::object data{{"why", why}};
    write(participant->seat, "participant.left", boost::json::serialize(data));
  }
  show_sites();
  log::info("meeting {}: {} leaves ({})", meeting_.id.str(), participant->seat, why);
}

Conference::ParticipantPtr Conference::find_publisher(const std::string& unit) const {
  for (const auto& [id, participant] : participants_)
    if (participant->who.unit.str() == unit && participant->connected &&
        participant->sends(Slot::main))
      return participant;
  return nullptr;
}

void Conference::show_sites() {
  context_.metrics->gauge("diemcau_sites", "Sites connected", {{"meeting", meeting_.id.str()}})
      .set(connected());
}

ParticipantId Conference::next_participant_id() {
  static std::atomic<std::uint64_t> next{1};
  return {next.fetch_add(1)};
}

}  // namespace diemcau::mcu
