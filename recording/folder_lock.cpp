#include "recording/folder_lock.hpp"

#include <cerrno>
#include <system_error>

#include <fcntl.h>
#include <sys/file.h>

namespace diemcau::recording {

Result<FolderLock> FolderLock::take(const std::filesystem::path& folder) {
  FileDescriptor fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd) {
    const int code = errno;
    const std::string detail = folder.string() + ": " + std::system_category().message(code);
    return code == ENOENT ? make_error(Errc::not_found, "recording.not_found", detail)
                          : make_error(Errc::io, "disk.error", detail);
  }
  if (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
    const std::string detail = folder.string() + " is being written by somebody else";
    return errno == EWOULDBLOCK ? make_error(Errc::conflict, "recording.in_use", detail)
                                : make_error(Errc::io, "disk.error", detail);
  }
  return FolderLock(std::move(fd));
}

}  // namespace diemcau::recording
