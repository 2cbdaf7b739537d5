// The facade: thread, closed state, and nothing else.

#include "media/rtp/rtp_session.hpp"

#include <algorithm>
#include <utility>

#include "media/rtp/feedback_packet.hpp"
#include "media/rtp/rtcp/bye.hpp"
#include "media/rtp/rtp_session_impl.hpp"

namespace diemcau::media {

RtpSession::RtpSession(const SessionParameters& parameters, EventLoop& loop, PacketOutput& output,
                       Metrics& metrics, RtpSessionEvents events)
    : impl_(std::make_unique<Impl>(parameters, loop, output, metrics, std::move(events))) {
  DIEMCAU_RUN_ON(loop.sequence());
}

RtpSession::~RtpSession() {
  DIEMCAU_RUN_ON(impl_->loop.sequence());
}

void RtpSession::on_rtp(std::span<const std::uint8_t> packet, TimePoint arrived) noexcept {
  DIEMCAU_RUN_ON(impl_->loop.sequence());
  if (!impl_->closed) impl_->on_rtp(packet, arrived);
}

void RtpSession::on_rtcp(std::span<const std::uint8_t> compound, TimePoint arrived,
                         Duration own_delay) noexcept {
  DIEMCAU_RUN_ON(impl_->loop.sequence());
  impl_->own_delay = own_delay;
  if (!impl_->closed) impl_->on_rtcp(compound, arrived);
}

void RtpSession::tick(TimePoint now) noexcept {
  DIEMCAU_RUN_ON(impl_->loop.sequence());
  if (!impl_->closed) impl_->tick(now);
}

TimePoint RtpSession::next_tick() const noexcept {
  DIEMCAU_RUN_ON(impl_->loop.sequence());
  return impl_->closed ? TimePoint::max() : impl_->next_tick;
}

void RtpSession::set_ordered_sink(Slot slot, Layer layer, std::shared_ptr<OrderedPacketSink> sink) {
  DIEMCAU_RUN_ON(impl_->loop.sequence());
  if (auto* receiver = impl_->receiving.receiver(slot, layer))
    receiver->set_ordered_sink(std::move(sink));
}

void RtpSession::set_uplink_sink(Slot slot, std::shared_ptr<UplinkSink> sink) {
  DIEMCAU_RUN_ON(impl_->loop.sequence());
  if (auto* receiver = impl_->receiving.receiver(slot)) receiver->set_uplink_sink(std::move(sink));
}

void RtpSession::set_forward(Slot slot, Layer layer, std::shared_ptr<EncodedStream> stream) {
  DIEMCAU_RUN_ON(impl_->loop.sequence());
  if (auto* receiver = impl_->receiving.receiver(slot, layer))
    receiver->set_forward(std::move(stream));
}

void RtpSession::request_key_frame(Slot slot, Layer layer) noexcept {
  DIEMCAU_RUN_ON(impl_->loop.sequence());
  if (auto* receiver = impl_->receiving.receiver(slot, layer); receiver && !impl_->closed) {
    receiver->request_key_frame();
    impl_->send_feedback(impl_->loop.clock().now());
  }
}

void RtpSession::set_uplink_ceiling(double bits_per_second) noexcept {
  DIEMCAU_RUN_ON(impl_->loop.sequence());
  const double before = std::exchange(impl_->ceiling, std::max(0.0, bits_per_second));
  if (before == impl_->ceiling || impl_->closed) return;
  impl_->ceiling_repeats = impl_->ceiling > 0 ? 1 : Impl::kLiftRepeats;
  FeedbackPacket packet(impl_->ssrc, impl_->cname);
  impl_->write_ceiling(packet.writer());
  packet.send(impl_->output);
  impl_->output.flush();
}

void RtpSession::show(Slot slot, std::shared_ptr<EncodedStream> stream, SourceId self) {
  DIEMCAU_RUN_ON(impl_->loop.sequence());
  if (impl_->closed) return;
  impl_->next_tick = {};
  auto& sender = impl_->senders[index_of(slot)];
  if (!sender) return;
  if (stream && impl_->probe && impl_->probed == sender.get()) impl_->end_probe(false);
  sender->show(std::move(stream), self);
}

bool RtpSession::start_probe(Slot slot, std::vector<ProbeStep> steps) {
  DIEMCAU_RUN_ON(impl_->loop.sequence());
  RtpSender* sender = impl_->senders[index_of(slot)].get();
  if (impl_->closed || impl_->probe || sender == nullptr || sender->showing() ||
      !LineProbe::possible(sender->parameters()))
    return false;
  impl_->next_tick = {};
  impl_->probe_end.reset();
  impl_->probed = sender;
  impl_->probe.emplace(sender->parameters(), impl_->loop.clock())
      .start(std::move(steps), impl_->loop.clock().now());
  return true;
}

bool RtpSession::probing() const noexcept {
  DIEMCAU_RUN_ON(impl_->loop.sequence());
  return impl_->probe.has_value();
}

std::optional<bool> RtpSession::take_probe_end() noexcept {
  DIEMCAU_RUN_ON(impl_->loop.sequence());
  return std::exchange(impl_->probe_end, std::nullopt);
}

void RtpSession::set_line(double bits_per_second) noexcept {
  DIEMCAU_RUN_ON(impl_->loop.sequence());
  impl_->next_tick = {};
  impl_->line.set_line(bits_per_second);
}

void RtpSession::close() noexcept {
  DIEMCAU_RUN_ON(impl_->loop.sequence());
  if (std::exchange(impl_->closed, true)) return;
  impl_->probe.reset();
  rtcp::Bye bye;
  for (const auto& sender : impl_->senders) {
    if (!sender) continue;
    sender->show(nullptr, {});
    if (sender->active()) bye.sources.push_back(sender->ssrc());
  }
  FeedbackPacket packet(impl_->ssrc, impl_->cname);
  bye.write(packet.writer());
  packet.send(impl_->output);
  impl_->output.flush();
}

}  // namespace diemcau::media
