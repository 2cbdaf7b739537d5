#include "mcu/app/simulate/hall.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include <boost/json/array.hpp>

namespace diemcau::mcu {

namespace json = boost::json;

namespace {
constexpr std::array kPeople{"Nguyễn Văn An",  "Trần Thị Bình", "Lê Quang Cường", "Phạm Thị Dung",
                             "Vũ Đình Giang",  "Hoàng Thị Hà",  "Đỗ Minh Khôi",   "Bùi Thị Lan",
                             "Đặng Văn Nghĩa", "Ngô Thị Oanh"};
// Every so manieth hall sends a substitute; of as many votes one is against and one is its own.
constexpr unsigned kSubstitutes = 6, kVoices = 8;

const json::object* object_at(const json::object& in, std::string_view key) {
  const auto* value = in.if_contains(key);
  return value != nullptr ? value->if_object() : nullptr;
}
std::string_view text_at(const json::object& in, std::string_view key) {
  const auto* value = in.if_contains(key);
  if (value == nullptr || !value->is_string()) return {};
  const auto& text = value->get_string();
  return {text.data(), text.size()};
}
bool holds(const json::object& in, std::string_view key, std::string_view wanted) {
  const auto* value = in.if_contains(key);
  const auto* list = value != nullptr ? value->if_array() : nullptr;
  return list != nullptr && std::any_of(list->begin(), list->end(), [&](const json::value& each) {
           return each.is_string() && each.get_string() == wanted;
         });
}
/// Whether one of these rows of the roll call is this seat's answer.
bool has_answered(const json::value* rows, std::string_view seat) {
  const auto* list = rows != nullptr ? rows->if_array() : nullptr;
  return list != nullptr && std::any_of(list->begin(), list->end(), [&](const json::value& row) {
           const auto* each = row.if_object();
           return each != nullptr && text_at(*each, "seat") == seat &&
                  text_at(*each, "presence") != "unanswered";
         });
}
}  // namespace

std::vector<json::object> Hall::hear(const json::value& message) {
  const auto* said = message.if_object();
  if (said == nullptr) return {};
  const auto type = text_at(*said, "type");
  if (type == "welcome") {
    if (const auto* self = object_at(*said, "self")) seat_ = text_at(*self, "seat");
    inside_ = roll_call_ = has_floor_ = false;
    vote_ = {};
    if (const auto* control = object_at(*said, "control")) take(*control);
    answered_ = has_answered(said->if_contains("attendance"), seat_);
  } else if (type == "joined") {
    inside_ = true;
  } else if (type == "control") {
    take(*said);
  }
  return inside_ ? act() : std::vector<json::object>();
}

void Hall::take(const json::object& control) {
  if (const auto* floor = object_at(control, "floor")) {
    const auto* holder = object_at(*floor, "holder");
    has_floor_ = holder != nullptr && text_at(*holder, "seat") == seat_;
  }
  if (const auto* roll_call = object_at(control, "roll_call")) {
    const bool open = text_at(*roll_call, "state") == "open";
    if (open && !roll_call_) answered_ = false;
    roll_call_ = open;
  }
  if (const auto* vote = object_at(control, "vote")) {
    const auto* number = vote->if_contains("number");
    const auto now = number != nullptr && number->is_int64() ? number->get_int64() : 0;
    const bool mine = (now == vote_.number && vote_.has_mine) || holds(*vote, "voted", seat_);
    vote_ = {now, text_at(*vote, "state") == "open", text_at(*vote, "by") == "delegate", mine};
  }
}

std::vector<json::object> Hall::act() {
  std::vector<json::object> out;
  if (asks_ && !asked_) out.push_back({{"type", "floor.request"}});
  asked_ = true;
  if (roll_call_ && !answered_) out.push_back(answer());
  answered_ = roll_call_;
  if (vote_.open && !vote_.has_mine) out.push_back(ballot());
  vote_.has_mine = vote_.has_mine || vote_.open;
  return out;
}

json::object Hall::answer() const {
  const bool substitute = number_ % kSubstitutes == kSubstitutes - 1;
  return {{"type", "roll_call.answer"},
          {"presence", substitute ? "substitute" : "head"},
          {"person", kPeople[number_ % kPeople.size()]},
          {"position", substitute ? "Phó Chủ tịch" : "Chủ tịch"}};
}

json::object Hall::ballot() const {
  const unsigned voice = number_ % kVoices;
  const int people = vote_.by_delegate ? 3 : 1;
  const int disagree = voice == 3 ? people : 0, other = voice == 7 ? people : 0;
  json::object out{{"type", "vote.cast"},
                   {"agree", people - disagree - other},
                   {"disagree", disagree},
                   {"other", other}};
  if (other > 0) out["opinion"] = "Đề nghị bổ sung số liệu";
  return out;
}

}  // namespace diemcau::mcu
