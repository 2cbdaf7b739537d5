#include "mcu/meetings/meeting_kinds.hpp"

#include <array>

namespace diemcau::mcu {
namespace {

constexpr int kHalfDay = 240;
constexpr int kDay = 480;

// Longest: QĐ 45/2018. Speaking times are no rule, but what is usual: the chair sets them (Art.
// 14).
constexpr std::array kKinds{
    MeetingKind{"advisory", 120, kHalfDay, 10, 5},       // tham mưu, tư vấn
    MeetingKind{"work", 120, kHalfDay, 10, 5},           // giải quyết công việc
    MeetingKind{"professional", kHalfDay, kDay, 10, 5},  // chuyên môn
    MeetingKind{"briefing", 120, kHalfDay, 5, 5},        // giao ban
    MeetingKind{"coordination", 120, kHalfDay, 10, 5},   // điều phối, phối hợp
    MeetingKind{"thematic", kHalfDay, kDay, 10, 5},      // chuyên đề
    MeetingKind{"training", kDay, 2 * kDay, 30, 5},      // tập huấn, triển khai
    MeetingKind{"interim", kHalfDay, kDay, 10, 5},       // sơ kết
    MeetingKind{"final", kHalfDay, kDay, 10, 5},         // tổng kết
};

}  // namespace

std::span<const MeetingKind> meeting_kinds() {
  return kKinds;
}

const MeetingKind* find_meeting_kind(std::string_view code) {
  for (const MeetingKind& kind : kKinds) {
    if (kind.code == code) return &kind;
  }
  return nullptr;
}

}  // namespace diemcau::mcu
