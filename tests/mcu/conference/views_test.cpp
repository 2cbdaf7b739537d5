#include "mcu/conference/views.hpp"

#include <gtest/gtest.h>

#include "mcu/conference/wall_sites.hpp"
#include "tests/mcu/conference/meeting_fixture.hpp"

namespace diemcau::mcu {
namespace {

using media::Codec;
using media::Slot;
using signaling::SecondKind;

/// Remembers what arrives where: "HD-10507/site second ← HD-288/chair camera".
class Screens final : public ViewOutput {
 public:
  void relay(Participant& viewer, Slot slot, Participant* site, Slot of,
             media::Layer layer) override {
    ++changes;
    now[viewer.seat + (slot == Slot::main ? " main" : " second")] =
        site == nullptr ? ""
                        : site->seat + (of == Slot::second           ? " screen"
                                        : layer == media::Layer::low ? " thumbnail"
                                                                     : " camera");
  }
  void wall(Participant& viewer, int page) override {
    ++changes;
    now[viewer.seat + " second"] = "wall " + std::to_string(page);
  }
  std::map<std::string, std::string> now;
  int changes = 0;
};

class ViewsTest : public MeetingFixture {
 protected:
  std::string told(const Participant& page) const {
    const auto found = told_.find(page.seat);
    return found == told_.end() ? "" : found->second;
  }
  Result<void> wish(Participant& page, signaling::SecondPicture second, bool manages = false) {
    auto set = views.set(page, second, manages, all, wall().size());
    refresh();
    return set;
  }
  std::vector<WallPage> wall() const { return plan_wall(wall_sites(roster, all, {})); }
  void refresh() { views.refresh(all, presenter, wall()); }

  Screens screens;
  std::map<std::string, std::string> told_;
  std::optional<std::string> presenter;
  Views views{screens, roster, [this](const Participant& p, const signaling::ServerMessage& m) {
                told_[p.seat] = signaling::to_json(m);
              }};
};

TEST_F(ViewsTest, slides_are_shown_to_all_but_who_presents) {
  auto& chair = join("HD", "chair");
  auto& site = join("HD-10507");
  presenter = chair.seat;
  refresh();
  EXPECT_EQ(screens.now[site.seat + " second"], chair.seat + " screen");
  EXPECT_EQ(screens.now[chair.seat + " second"], "");
  EXPECT_EQ(told(site), R"({"type":"view","kind":"slides","seat":"HD/chair"})");
  presenter.reset();
  refresh();
  EXPECT_EQ(screens.now[site.seat + " second"], "");
  EXPECT_EQ(told(site), R"({"type":"view","kind":"slides","seat":null})");
}

TEST_F(ViewsTest, a_line_that_carries_no_second_picture_gets_none_until_it_does) {
  auto& chair = join("HD", "chair");
  auto& site = join("HD-10507");
  presenter = chair.seat;
  site.content.second = false;
  refresh();
  EXPECT_EQ(screens.now[site.seat + " second"], "");
  site.content.second = true;
  refresh();
  EXPECT_EQ(screens.now[site.seat + " second"], chair.seat + " screen");
  site.content.second = false;
  refresh();
  EXPECT_EQ(screens.now[site.seat + " second"], "");
  EXPECT_EQ(told(site), R"({"type":"view","kind":"slides","seat":null})");
}

TEST_F(ViewsTest, nothing_is_done_or_told_twice) {
  auto& chair = join("HD", "chair");
  join("HD-10507");
  presenter = chair.seat;
  refresh();
  const int changes = screens.changes;
  told_.clear();
  refresh();
  EXPECT_EQ(screens.changes, changes);
  EXPECT_TRUE(told_.empty());
}

TEST_F(ViewsTest, a_site_asked_for_is_relayed_and_counts_as_watched) {
  auto& chair = join("HD", "chair");
  auto& site = join("HD-10507");
  ASSERT_TRUE(wish(chair, {SecondKind::site, site.seat, 0}));
  EXPECT_EQ(screens.now[chair.seat + " second"], site.seat + " camera");
  EXPECT_EQ(views.watched(site.id).size.width, 1280);
  EXPECT_EQ(views.watched(chair.id).size.width, 0);
  EXPECT_EQ(told(chair), R"({"type":"view","kind":"site","seat":"HD-10507/site"})");
  ASSERT_TRUE(wish(chair, {SecondKind::slides, "", 0}));
  EXPECT_EQ(views.watched(site.id).size.width, 0);
}

TEST_F(ViewsTest, a_site_is_asked_for_what_the_best_line_of_its_viewers_carries) {
  auto& chair = join("HD", "chair");
  auto& site = join("HD-10507");
  ASSERT_TRUE(wish(chair, {SecondKind::site, site.seat, 0}));
  for (int second = 0; chair.line() != media::Quality::p360 && second < 5; ++second)
    chair.downlink.update({1'500'000, 0, 0.3, false},
                          TimePoint{std::chrono::seconds(100 + second)});
  refresh();
  EXPECT_EQ(views.watched(site.id).size.width, 640);
  EXPECT_FALSE(views.watched(site.id).thumbnail);
  EXPECT_EQ(screens.now[chair.seat + " second"], site.seat + " camera");
}

TEST_F(ViewsTest, a_site_is_followed_through_its_reconnections) {
  auto& chair = join("HD", "chair");
  const auto first = join("HD-10507").id;
  ASSERT_TRUE(wish(chair, {SecondKind::site, "HD-10507/site", 0}));
  leave(first);
  refresh();
  EXPECT_EQ(screens.now[chair.seat + " second"], "");
  EXPECT_EQ(told(chair), R"({"type":"view","kind":"site","seat":null})");
  auto& again = join("HD-10507");
  refresh();
  EXPECT_EQ(screens.now[chair.seat + " second"], "HD-10507/site camera");
  EXPECT_EQ(views.watched(again.id).size.width, 1280);
}

TEST_F(ViewsTest, a_site_that_is_expected_may_be_asked_for_before_it_comes) {
  auto& chair = join("HD", "chair");
  EXPECT_TRUE(wish(chair, {SecondKind::site, "HD-10507/site", 0}));
  EXPECT_EQ(screens.now.count(chair.seat + " second"), 0U);
  join("HD-10507");
  refresh();
  EXPECT_EQ(screens.now[chair.seat + " second"], "HD-10507/site camera");
}

TEST_F(ViewsTest, a_shed_wall_leaves_an_empty_place_and_comes_back_by_itself) {
  auto& chair = join("HD", "chair");
  auto& site = join("HD-10507");
  ASSERT_TRUE(wish(chair, {SecondKind::wall, "", 0}, true));
  ASSERT_EQ(screens.now[chair.seat + " second"], "wall 0");
  views.refresh(all, presenter, {});
  EXPECT_EQ(screens.now[chair.seat + " second"], "");
  EXPECT_FALSE(views.on_wall(site.camera()));
  EXPECT_NE(told(chair).find(R"("pages":0)"), std::string::npos) << told(chair);
  refresh();
  EXPECT_EQ(screens.now[chair.seat + " second"], "wall 0");
}

TEST_F(ViewsTest, a_manager_sees_the_wall_and_its_sites_are_needed_as_thumbnails) {
  auto& chair = join("HD", "chair");
  auto& site = join("HD-10507");
  site.camera_flowing = true;
  EXPECT_FALSE(Views::wall_wanted(all));
  ASSERT_TRUE(wish(chair, {SecondKind::wall, "", 0}, true));
  EXPECT_TRUE(Views::wall_wanted(all));
  EXPECT_EQ(screens.now[chair.seat + " second"], "wall 0");
  EXPECT_TRUE(views.on_wall(site.camera()));
  EXPECT_FALSE(views.on_wall(site.screen()));
  EXPECT_EQ(views.wall_pages(), std::set<int>{0});
  const auto text = told(chair);
  EXPECT_NE(text.find(R"("kind":"wall")"), std::string::npos) << text;
  EXPECT_NE(text.find(R"("pages":1)"), std::string::npos) << text;
  EXPECT_NE(text.find(R"({"seat":"HD-10507/site","x":480,"y":0,"w":160,"h":90,"state":"live"})"),
            std::string::npos)
      << text;
  ASSERT_TRUE(wish(chair, {SecondKind::slides, "", 0}, true));
  EXPECT_FALSE(views.on_wall(site.camera()));
  EXPECT_TRUE(views.wall_pages().empty());
}

TEST_F(ViewsTest, what_cannot_be_shown_is_refused_and_changes_nothing) {
  auto& chair = join("HD", "chair");
  auto& site = join("HD-10507");
  auto& other = join("HD-10510", "site", Codec::vp8);
  ASSERT_TRUE(wish(chair, {SecondKind::site, site.seat, 0}));
  const auto refused = [&](Participant& page, signaling::SecondPicture second, bool manages) {
    auto set = wish(page, std::move(second), manages);
    return set ? "" : set.error().code;
  };
  EXPECT_EQ(refused(chair, {SecondKind::site, "XX/site", 0}, true), "seat.not_found");
  EXPECT_EQ(refused(chair, {SecondKind::site, other.seat, 0}, true), "view.other_codec");
  EXPECT_EQ(refused(site, {SecondKind::wall, "", 0}, false), "auth.forbidden");
  EXPECT_EQ(refused(chair, {SecondKind::wall, "", 1}, true), "view.bad_page");
  EXPECT_EQ(refused(chair, {SecondKind::wall, "", -1}, true), "view.bad_page");
  EXPECT_EQ(screens.now[chair.seat + " second"], site.seat + " camera");
  auto& sender = join("HD-10513");
  sender.negotiated.parameters.slots.pop_back();
  EXPECT_EQ(refused(sender, {SecondKind::slides, "", 0}, false), "view.no_picture");
}

TEST_F(ViewsTest, slides_in_another_codec_do_not_arrive) {
  auto& chair = join("HD", "chair");
  auto& other = join("HD-10510", "site", Codec::vp8);
  presenter = chair.seat;
  refresh();
  EXPECT_EQ(screens.now.count(other.seat + " second"), 0U);
  EXPECT_EQ(told(other), "");
}

TEST_F(ViewsTest, a_whep_receiver_of_a_site_watches_it_in_its_only_picture) {
  auto& site = join("HD-10507");
  auto& receiver = join("HD-SNV", "viewer");
  receiver.kind = JoinKind::whep;
  receiver.whep_unit = "HD-10507";
  refresh();
  EXPECT_EQ(screens.now[receiver.seat + " main"], site.seat + " camera");
  EXPECT_EQ(views.watched(site.id).size.width, 1280);
  leave(receiver.id);
  refresh();
  EXPECT_EQ(views.watched(site.id).size.width, 0);
}

}  // namespace
}  // namespace diemcau::mcu
