#include "mcu/meetings/documents/document_store.hpp"

#include <fstream>

#include <gmock/gmock.h>

#include "base/events/event_log.hpp"
#include "mcu/meetings/meeting_store.hpp"
#include "tests/base/storage/testing/database_test.hpp"
#include "tests/mcu/meetings/documents/samples.hpp"

namespace diemcau::mcu {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::MatchesRegex;

class DocumentStoreOn : public diemcau::testing::DatabaseTest {
 protected:
  void SetUp() override {
    DatabaseTest::SetUp();
    if (!database_) return;
    for (const Schema* schema : {&UnitStore::schema(), &EventLog::schema(), &MeetingStore::schema(),
                                 &DocumentStore::schema()})
      ASSERT_TRUE(database_->migrate(*schema));
    units_ = std::make_unique<UnitStore>(*database_);
    ASSERT_TRUE(units_->import_default_if_empty());
    meetings_ = std::make_unique<MeetingStore>(*database_, *units_, clock_);
    NewMeeting wanted;
    wanted.title = "Giao ban";
    wanted.agenda.resize(2);
    wanted.agenda[0].title = "Khai mạc";
    wanted.agenda[1].title = "Báo cáo";
    meeting_ = meetings_->create(wanted)->id;
    open({});
  }
  void open(DocumentLimits limits) {
    limits.reserve = 0;
    documents_ = std::make_unique<DocumentStore>(*database_, clock_, folder_.path,
                                                 Inspector(DIEMCAU_INSPECT), limits);
    ASSERT_TRUE(documents_->tidy());
  }
  NewDocument wanted(const std::string& title, int item = 0) {
    NewDocument out;
    out.meeting = meeting_;
    out.agenda_item = item;
    out.unit = UnitCode("HD-10507");
    out.title = title;
    return out;
  }
  Result<Document> add(const NewDocument& wanted, const std::string& bytes) {
    auto incoming = documents_->begin(wanted, bytes.size());
    if (!incoming) return incoming.error();
    for (std::size_t at = 0; at < bytes.size(); at += 100)
      if (auto written = (*incoming)->write(
              std::span(bytes).subspan(at).first(std::min<std::size_t>(100, bytes.size() - at)));
          !written)
        return written.error();
    clock_.advance(std::chrono::seconds(1));
    return documents_->add(**incoming, "HD-10507/site");
  }
  std::vector<std::string> titles() {
    std::vector<std::string> out;
    for (const auto& document : documents_->list(meeting_).value()) out.push_back(document.title);
    return out;
  }
  std::vector<std::string> logged() {
    EventLog log(*database_, clock_);
    std::vector<std::string> out;
    for (const auto& event : log.read(meeting_).value())
      if (event.kind.starts_with("document.")) out.push_back(event.kind);
    return out;
  }
  std::vector<std::string> files() {
    std::vector<std::string> out;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder_.path))
      if (entry.is_regular_file()) out.push_back(entry.path().filename().string());
    return out;
  }
  test::TemporaryFolder folder_;
  std::unique_ptr<UnitStore> units_;
  std::unique_ptr<MeetingStore> meetings_;
  std::unique_ptr<DocumentStore> documents_;
  MeetingId meeting_;
};
DIEMCAU_BOTH_BACK_ENDS(DocumentStoreOn);

TEST_P(DocumentStoreOn, keeps_a_document_and_says_so_in_the_log) {
  const auto made = add(wanted("Báo cáo quý III", 2), test::pdf(2));
  ASSERT_TRUE(made) << made.error().detail;
  EXPECT_THAT(made->id.str(), MatchesRegex("[a-z2-7]{16}"));
  const auto found = documents_->find(meeting_, made->id);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->title, "Báo cáo quý III");
  EXPECT_EQ(found->agenda_item, 2);
  EXPECT_EQ(found->unit.str(), "HD-10507");
  EXPECT_EQ(found->kind, ContentKind::pdf);
  EXPECT_EQ(found->pages, 2);
  EXPECT_EQ(found->size, test::pdf(2).size());
  EXPECT_THAT(found->sha256, MatchesRegex("[0-9a-f]{64}"));
  EXPECT_EQ(found->state, DocumentState::available);
  EXPECT_EQ(found->uploaded_at, clock_.wall());
  EXPECT_THAT(logged(), ElementsAre("document.added"));
  auto content = documents_->open_content(*found);
  ASSERT_TRUE(content);
  std::string bytes(found->size, ' ');
  EXPECT_EQ(content->read(0, {reinterpret_cast<std::uint8_t*>(bytes.data()), bytes.size()}).value(),
            bytes.size());
  EXPECT_EQ(bytes, test::pdf(2));
}

TEST_P(DocumentStoreOn, lists_by_agenda_item_and_then_by_time) {
  ASSERT_TRUE(add(wanted("ba", 2), test::pdf()));
  ASSERT_TRUE(add(wanted("hai", 1), test::png()));
  ASSERT_TRUE(add(wanted("một"), test::pdf()));
  ASSERT_TRUE(add(wanted("bốn", 2), test::jpeg()));
  EXPECT_THAT(titles(), ElementsAre("một", "hai", "ba", "bốn"));
}

TEST_P(DocumentStoreOn, keeps_nothing_of_what_it_refuses) {
  EXPECT_EQ(add(wanted("x"), "MZ").error().code, "document.unknown_type");
  EXPECT_EQ(add(wanted("x"), "").error().code, "document.empty");
  EXPECT_EQ(add(wanted(""), test::pdf()).error().code, "document.bad_title");
  EXPECT_EQ(add(wanted("a\nb"), test::pdf()).error().code, "document.bad_title");
  EXPECT_EQ(add(wanted("tai\u202elieu"), test::pdf()).error().code, "document.bad_title");
  EXPECT_EQ(add(wanted(std::string(10'000, 'x')), test::pdf()).error().code, "document.bad_title");
  EXPECT_EQ(add(wanted("x", 3), test::pdf()).error().code, "document.no_item");
  NewDocument elsewhere = wanted("x");
  elsewhere.meeting = MeetingId("nowhere");
  EXPECT_EQ(add(elsewhere, test::pdf()).error().code, "meeting.not_found");
  EXPECT_THAT(titles(), IsEmpty());
  EXPECT_THAT(files(), IsEmpty());
  EXPECT_THAT(logged(), IsEmpty());
}

TEST_P(DocumentStoreOn, holds_its_bounds_on_bytes_and_numbers) {
  const auto size = test::pdf().size();
  DocumentLimits limits;
  limits.file = size;
  limits.meeting = 2 * size + size / 2;
  open(limits);
  EXPECT_EQ(documents_->begin(wanted("x"), size + 1).error().code, "document.too_large");
  {
    auto unannounced = documents_->begin(wanted("x"), std::nullopt);
    ASSERT_TRUE(unannounced);
    EXPECT_TRUE((*unannounced)->write(std::string(size, 'x')));
    EXPECT_EQ((*unannounced)->write(std::string(1, 'x')).error().code, "document.too_large");
  }
  EXPECT_TRUE(add(wanted("một"), test::pdf()));
  EXPECT_TRUE(add(wanted("hai"), test::pdf()));
  EXPECT_EQ(add(wanted("ba"), test::pdf()).error().code, "document.quota");
  limits = {};
  limits.count_of_unit = 2;
  open(limits);
  EXPECT_EQ(add(wanted("ba"), test::pdf()).error().code, "document.quota");
  NewDocument other = wanted("của đơn vị khác");
  other.unit = UnitCode("HD-SNV");
  EXPECT_TRUE(add(other, test::pdf()));
}

TEST_P(DocumentStoreOn, takes_back_and_gives_out_again_each_once_in_the_log) {
  const auto made = add(wanted("x"), test::pdf());
  const auto set = [&](DocumentState state) {
    return documents_->set_state(meeting_, made->id, state, "HD/chair")->state;
  };
  EXPECT_EQ(set(DocumentState::taken_back), DocumentState::taken_back);
  EXPECT_EQ(set(DocumentState::taken_back), DocumentState::taken_back);
  EXPECT_EQ(documents_->find(meeting_, made->id)->state, DocumentState::taken_back);
  EXPECT_EQ(set(DocumentState::available), DocumentState::available);
  ASSERT_TRUE(documents_->mark_shown(*made, 2, "HD/chair"));
  EXPECT_THAT(logged(), ElementsAre("document.added", "document.taken_back", "document.given_out",
                                    "document.shown"));
}

TEST_P(DocumentStoreOn, removes_row_and_file) {
  const auto made = add(wanted("x"), test::pdf());
  EXPECT_THAT(files(), ElementsAre(made->id.str()));
  ASSERT_TRUE(documents_->remove(meeting_, made->id, "HD/chair"));
  EXPECT_THAT(files(), IsEmpty());
  EXPECT_EQ(documents_->find(meeting_, made->id).error().code, "document.not_found");
  EXPECT_EQ(documents_->open_content(*made).error().code, "document.not_found");
  EXPECT_EQ(documents_->remove(meeting_, made->id, "HD/chair").error().code, "document.not_found");
}

TEST_P(DocumentStoreOn, knows_a_document_of_its_own_meeting_only) {
  NewMeeting other;
  other.title = "Khác";
  const auto elsewhere = meetings_->create(other)->id;
  const auto made = add(wanted("x"), test::pdf());
  EXPECT_EQ(documents_->find(elsewhere, made->id).error().code, "document.not_found");
  EXPECT_EQ(documents_->set_state(elsewhere, made->id, DocumentState::taken_back, "x").error().code,
            "document.not_found");
  EXPECT_EQ(documents_->remove(elsewhere, made->id, "x").error().code, "document.not_found");
}

TEST_P(DocumentStoreOn, tidies_up_what_an_interruption_left) {
  const auto made = add(wanted("x"), test::pdf());
  std::ofstream(folder_.path / "incoming" / "half") << "x";
  std::ofstream(folder_.path / "abcdefghijklmnop") << "no row";
  ASSERT_TRUE(documents_->tidy());
  EXPECT_THAT(files(), ElementsAre(made->id.str()));
}

}  // namespace
}  // namespace diemcau::mcu
