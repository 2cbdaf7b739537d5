#pragma once
// What each receiver watches beside the stage, untouched: slides or one site in a page's second
// picture, one site in a WHEP receiver's only one. Lives on the conference's strand; keeps what is
// shown where, and counts nothing twice: who is watched follows from who watches.

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "mcu/conference/participant.hpp"
#include "mcu/conference/roster.hpp"
#include "mcu/conference/wall_policy.hpp"
#include "media/mix/mix_plan.hpp"
#include "signaling/messages.hpp"

namespace diemcau::mcu {

using Participants = std::map<ParticipantId, std::shared_ptr<Participant>>;

/// Where the decisions go.
class ViewOutput {
 public:
  virtual ~ViewOutput() = default;
  /// This layer of the site's `of` arrives untouched in the viewer's slot; a null site: nothing
  /// does.
  virtual void relay(Participant& viewer, media::Slot slot, Participant* site, media::Slot of,
                     media::Layer layer) = 0;
  /// A page of the wall arrives in the viewer's second slot.
  virtual void wall(Participant& viewer, int page) = 0;
};

class Views {
 public:
  using Tell = std::function<void(const Participant&, const signaling::ServerMessage&)>;
  Views(ViewOutput& output, const Roster& roster, Tell tell);

  /// A page's wish for its second picture. Errors: view.no_picture, seat.not_found,
  /// view.other_codec, auth.forbidden, view.bad_page; then nothing has changed. `wall_pages`: how
  /// many there are.
  Result<void> set(Participant& viewer, const signaling::SecondPicture& wanted, bool may_manage,
                   const Participants& all, std::size_t wall_pages) const;
  /// Somebody wants to see the wall: refresh() needs its pages.
  static bool wall_wanted(const Participants& all);

  /// Brings what is shown up to who is here, who presents and who wants what, and tells the pages
  /// whose second picture became another. A site is followed through its reconnections.
  void refresh(const Participants& all, const std::optional<std::string>& presenter,
               const std::vector<WallPage>& wall);

  /// As what this site's camera is watched untouched: the largest size its viewers' lines carry, of
  /// the large layer (zero: nobody), and whether somebody gets the small one.
  struct Watched {
    media::Size size;
    bool thumbnail = false;
  };
  Watched watched(ParticipantId site) const {
    const auto found = watched_.find(site);
    return found == watched_.end() ? Watched{} : found->second;
  }

  /// Pages of the wall that somebody looks at, and the cameras on them.
  const std::set<int>& wall_pages() const noexcept { return wall_pages_; }
  bool on_wall(SourceId camera) const { return wall_cameras_.contains(camera); }

 private:
  struct Here;
  /// Notes that the viewer watches the site's camera; returns the layer its line carries.
  media::Layer watch(const Participant& viewer, const Participant& site);
  void show_second(Participant& viewer, const Here& here);
  void show_main(Participant& viewer, const Here& here);
  void show_wall(Participant& viewer, const std::vector<WallPage>& wall);
  void tell(Participant& viewer, signaling::SecondView view);

  ViewOutput& output_;
  const Roster& roster_;
  Tell tell_;
  std::map<ParticipantId, Watched> watched_;
  std::set<int> wall_pages_;
  std::set<SourceId> wall_cameras_;
};

}  // namespace diemcau::mcu
