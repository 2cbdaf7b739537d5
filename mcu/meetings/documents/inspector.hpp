#pragma once
// Has a document looked at in a process of its own, with bounds on memory, time and files: what
// breaks a parser breaks nothing of the meeting. Any thread; blocking.

#include <chrono>
#include <filesystem>
#include <string_view>

#include "mcu/meetings/documents/inspection.hpp"

namespace diemcau::mcu {

class Inspector {
 public:
  static constexpr std::chrono::seconds kPatience{20};

  /// `program`: diemcau-inspect.
  explicit Inspector(std::filesystem::path program) : program_(std::move(program)) {}

  /// Errors: those of inspect_file; document.too_complex when it needed more than its bounds, and
  /// document.not_inspected (internal) when the program cannot be run.
  Result<Inspection> inspect(const std::filesystem::path& file) const;

 private:
  std::filesystem::path program_;
};

// What the program says on its standard output: one line. "ok pdf 12" or "no CODE DETAIL".
std::string to_verdict(const Result<Inspection>& inspection);
/// What cannot be a verdict is document.too_complex: the program died of the document.
Result<Inspection> read_verdict(std::string_view line);

}  // namespace diemcau::mcu
