#include "mcu/meetings/documents/incoming_document.hpp"

#include <array>
#include <cerrno>
#include <system_error>

#include <fcntl.h>
#include <sodium.h>
#include <stdlib.h>

namespace diemcau::mcu {
namespace {

Error os_error(const char* what, int code = errno) {
  const auto detail = std::string(what) + ": " + std::system_category().message(code);
  if (code == ENOSPC || code == EDQUOT) return make_error(Errc::full, "disk.full", detail);
  return make_error(Errc::io, "disk.error", detail);
}

}  // namespace

struct IncomingDocument::Hash {
  crypto_hash_sha256_state state;
  Hash() { crypto_hash_sha256_init(&state); }
};

Result<std::unique_ptr<IncomingDocument>> IncomingDocument::create(
    const std::filesystem::path& folder, NewDocument wanted, std::uint64_t most) {
  std::string name = (folder / "XXXXXX").string();
  recording::FileDescriptor fd(::mkostemp(name.data(), O_CLOEXEC));
  if (!fd) return os_error("a document's file cannot be made");
  return std::unique_ptr<IncomingDocument>(
      new IncomingDocument(std::move(fd), name, std::move(wanted), most));
}

IncomingDocument::IncomingDocument(recording::FileDescriptor fd, std::filesystem::path path,
                                   NewDocument wanted, std::uint64_t most)
    : fd_(std::move(fd)),
      path_(std::move(path)),
      wanted_(std::move(wanted)),
      most_(most),
      hash_(std::make_unique<Hash>()) {}

IncomingDocument::~IncomingDocument() {
  if (!path_.empty()) ::unlink(path_.c_str());
}

Result<void> IncomingDocument::write(std::span<const char> piece) {
  if (piece.size() > most_ - size_)
    return make_error(Errc::too_large, "document.too_large",
                      "a document may have at most " + std::to_string(most_) + " bytes here");
  crypto_hash_sha256_update(&hash_->state, reinterpret_cast<const unsigned char*>(piece.data()),
                            piece.size());
  size_ += piece.size();
  while (!piece.empty()) {
    const ssize_t n = ::write(fd_.get(), piece.data(), piece.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return os_error("a document cannot be written", n == 0 ? ENOSPC : errno);
    piece = piece.subspan(static_cast<std::size_t>(n));
  }
  return {};
}

Result<void> IncomingDocument::finish() {
  if (size_ == 0)
    return make_error(Errc::invalid_argument, "document.empty", "the document has no bytes");
  if (::fdatasync(fd_.get()) != 0) return os_error("a document cannot be kept");
  std::array<unsigned char, crypto_hash_sha256_BYTES> hash{};
  crypto_hash_sha256_final(&hash_->state, hash.data());
  std::array<char, 2 * crypto_hash_sha256_BYTES + 1> hex{};
  sodium_bin2hex(hex.data(), hex.size(), hash.data(), hash.size());
  sha256_ = hex.data();
  return {};
}

Result<void> IncomingDocument::move_to(const std::filesystem::path& place) {
  if (::rename(path_.c_str(), place.c_str()) != 0) return os_error("a document cannot be placed");
  path_.clear();
  const recording::FileDescriptor folder(
      ::open(place.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder || ::fsync(folder.get()) != 0) return os_error("a document cannot be kept");
  return {};
}

}  // namespace diemcau::mcu
