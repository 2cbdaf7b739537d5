#include "recording/media_file.hpp"

#include <cerrno>
#include <cstdio>
#include <ctime>
#include <system_error>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace diemcau::recording {
namespace {

std::string imf_fixdate(std::time_t seconds) {
  constexpr const char* kDays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  std::tm tm{};
  ::gmtime_r(&seconds, &tm);
  char text[64];
  // Not strftime: its names follow the locale.
  std::snprintf(text, sizeof text, "%s, %02d %s %04d %02d:%02d:%02d GMT", kDays[tm.tm_wday],
                tm.tm_mday, kMonths[tm.tm_mon], tm.tm_year + 1900, tm.tm_hour, tm.tm_min,
                tm.tm_sec);
  return text;
}

}  // namespace

Result<MediaFile> MediaFile::open(const std::filesystem::path& path) {
  FileDescriptor fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  const int code = errno;
  struct stat st {};
  if (!fd && code != ENOENT && code != ELOOP && code != ENOTDIR)
    return make_error(Errc::io, "disk.error", std::system_category().message(code));
  if (!fd || ::fstat(fd.get(), &st) != 0 || !S_ISREG(st.st_mode))
    return make_error(Errc::not_found, "recording.not_found", "there is no such file");
  char tag[96];
  std::snprintf(tag, sizeof tag, "\"%llx-%llx-%llx\"", static_cast<unsigned long long>(st.st_ino),
                static_cast<unsigned long long>(st.st_size),
                static_cast<unsigned long long>(st.st_mtim.tv_sec) * 1'000'000'000ull +
                    static_cast<unsigned long long>(st.st_mtim.tv_nsec));
  return MediaFile(std::move(fd), static_cast<std::uint64_t>(st.st_size), tag,
                   imf_fixdate(st.st_mtim.tv_sec));
}

Result<std::size_t> MediaFile::read(std::uint64_t offset, std::span<std::uint8_t> into) const {
  std::size_t done = 0;
  while (done < into.size()) {
    const ssize_t n = ::pread(fd_.get(), into.data() + done, into.size() - done,
                              static_cast<off_t>(offset + done));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return make_error(Errc::io, "disk.error", std::system_category().message(errno));
    if (n == 0) break;
    done += static_cast<std::size_t>(n);
  }
  return done;
}

ByteRange MediaFile::range_for(std::string_view range, std::string_view if_range) const {
  if (!if_range.empty() && if_range != etag_ && if_range != last_modified_)
    return {ByteRange::Kind::whole, 0, size_};
  return parse_range(range, size_);
}

bool MediaFile::not_modified(std::string_view if_none_match) const {
  return if_none_match == "*" || if_none_match.find(etag_) != std::string_view::npos;
}

}  // namespace diemcau::recording
