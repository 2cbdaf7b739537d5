#pragma once
// A module's tables, as a list of numbered steps that only ever grows: a step that was released is
// never changed, since databases out there have run it.

#include <optional>
#include <string_view>
#include <vector>

namespace diemcau {

enum class Dialect { sqlite, postgresql };

struct Statement {
  std::string_view sql;
  /// For what the two back ends cannot say alike (triggers); else both run it.
  std::optional<Dialect> only{};
};

struct Migration {
  int number = 0;  // 1, 2, 3 … without gaps
  std::string_view name;
  std::vector<Statement> statements;
};

struct Schema {
  std::string_view module;
  std::vector<Migration> migrations;
};

}  // namespace diemcau
