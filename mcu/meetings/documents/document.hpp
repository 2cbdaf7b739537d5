#pragma once
// A document of a meeting (tài liệu họp).

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "mcu/meetings/documents/content_kind.hpp"

namespace diemcau::mcu {

using DocumentId = StringId<struct DocumentTag>;

/// taken_back: kept and seen by who manages the meeting, by nobody else.
enum class DocumentState : std::uint8_t { available, taken_back };
std::string_view name_of(DocumentState state);

struct Document {
  DocumentId id;  // sixteen characters of base32 (80 random bits): not to be guessed
  MeetingId meeting;
  int agenda_item = 0;  // AgendaItem::id; 0: of the whole meeting
  UnitCode unit;        // whose document it is
  std::string title;
  ContentKind kind = ContentKind::pdf;
  int pages = 0;  // 0: not counted (office files)
  std::uint64_t size = 0;
  std::string sha256;  // hex
  DocumentState state = DocumentState::available;
  WallTime uploaded_at{};
};

struct NewDocument {
  MeetingId meeting;
  int agenda_item = 0;
  UnitCode unit;
  std::string title;  // 1 to 300 characters, one plain line (text_folding.hpp)
};

struct DocumentLimits {
  std::uint64_t file = 50ull << 20;       // bytes of one
  std::uint64_t meeting = 1024ull << 20;  // bytes of all of a meeting
  std::size_t count = 500;                // of a meeting
  std::size_t count_of_unit = 50;         // of one unit in a meeting
  std::uint64_t reserve = 256ull << 20;   // left free on the disk
};

}  // namespace diemcau::mcu
