#include "mcu/meetings/documents/inspection.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "mcu/meetings/documents/picture_structure.hpp"
#include "recording/file_descriptor.hpp"

namespace diemcau::mcu {
namespace {

/// The file's bytes for as long as this lives.
class MappedFile {
 public:
  explicit MappedFile(const std::filesystem::path& path)
      : fd_(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW)) {
    struct stat status {};
    if (!fd_ || ::fstat(fd_.get(), &status) != 0 || !S_ISREG(status.st_mode)) return;
    if (status.st_size <= 0) return;
    size_ = static_cast<std::size_t>(status.st_size);
    void* at = ::mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, fd_.get(), 0);
    if (at != MAP_FAILED) bytes_ = static_cast<const std::uint8_t*>(at);
  }
  ~MappedFile() {
    if (bytes_ != nullptr) ::munmap(const_cast<std::uint8_t*>(bytes_), size_);
  }
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  std::span<const std::uint8_t> bytes() const {
    return bytes_ == nullptr ? std::span<const std::uint8_t>() : std::span(bytes_, size_);
  }

 private:
  recording::FileDescriptor fd_;
  const std::uint8_t* bytes_ = nullptr;
  std::size_t size_ = 0;
};

Result<Inspection> picture(ContentKind kind, const Result<PictureExtent>& extent) {
  if (!extent) return extent.error();
  return Inspection{kind, 1};
}

}  // namespace

Result<Inspection> inspect_file(const std::filesystem::path& path) {
  const MappedFile file(path);
  const auto bytes = file.bytes();
  const auto first = bytes.first(std::min<std::size_t>(bytes.size(), 16));
  const auto kind = sniff({reinterpret_cast<const char*>(first.data()), first.size()});
  if (!kind)
    return make_error(Errc::unsupported, "document.unknown_type",
                      "neither PDF, PNG, JPEG, DOCX, XLSX nor PPTX by its content");
  switch (*kind) {
    case ContentKind::pdf:
      return inspect_pdf(path);
    case ContentKind::png:
      return picture(*kind, check_png(bytes));
    case ContentKind::jpeg:
      return picture(*kind, check_jpeg(bytes));
    case ContentKind::docx:
    case ContentKind::xlsx:
    case ContentKind::pptx:
      break;
  }
  return inspect_office_file(path);
}

}  // namespace diemcau::mcu
