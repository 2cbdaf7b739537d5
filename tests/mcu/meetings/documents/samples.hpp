#pragma once
// Documents made byte by byte, sound and unsound.

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace diemcau::test {

/// A PDF of so many empty pages; `catalog` and `more` are put into its catalogue and behind its
/// objects: more objects begin at number 10.
std::string pdf(int pages = 1, std::string_view catalog = "",
                const std::vector<std::string>& more = {});
/// One grey pixel, in a header that may say otherwise.
std::string png(std::uint32_t width = 1, std::uint32_t height = 1);
/// One black 8×8 JPEG block.
std::string jpeg();

struct ZipPart {
  std::string name, content;
};
/// Written with libzip to `file`.
void write_zip(const std::filesystem::path& file, const std::vector<ZipPart>& parts);
/// The parts of a small DOCX (or, by its main part's type, another).
std::vector<ZipPart> docx_parts(std::string_view main_type = "wordprocessingml.document.main+xml");

/// A folder of its own, removed at the end.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  std::filesystem::path write(const std::string& name, std::string_view bytes) const;
  std::filesystem::path path;
};

}  // namespace diemcau::test
