#include "mcu/api/file_reply.hpp"

#include "signaling/http/problem.hpp"

namespace diemcau::mcu {
namespace {

class FileSource final : public signaling::BodySource {
 public:
  FileSource(recording::MediaFile file, std::uint64_t offset)
      : file_(std::move(file)), offset_(offset) {}

  Result<std::size_t> read(std::span<char> into) override {
    const std::span<std::uint8_t> bytes(reinterpret_cast<std::uint8_t*>(into.data()), into.size());
    auto got = file_.read(offset_, bytes);
    if (got) offset_ += *got;
    return got;
  }

 private:
  recording::MediaFile file_;
  std::uint64_t offset_;
};

}  // namespace

signaling::HttpResponse file_reply(const signaling::HttpRequest& request, recording::MediaFile file,
                                   std::string content_type) {
  using recording::ByteRange;
  signaling::HttpResponse response(200);
  const auto describe = [&](signaling::HttpResponse& to) {
    to.headers.set("Accept-Ranges", "bytes");
    to.headers.set("ETag", file.etag());
    to.headers.set("Last-Modified", file.last_modified());
  };
  if (const auto none = request.headers.find("If-None-Match"); none && file.not_modified(*none)) {
    response.status = 304;
    describe(response);
    return response;
  }
  const ByteRange range =
      file.range_for(request.headers.get("Range"), request.headers.get("If-Range"));
  if (range.kind == ByteRange::Kind::unsatisfiable) {
    response = signaling::problem(416, make_error(Errc::invalid_argument, "request.range",
                                                  "the range lies outside of the file"));
    describe(response);
    response.headers.set("Content-Range", recording::content_range(range, file.size()));
    return response;
  }
  describe(response);
  response.headers.set("Content-Type", std::move(content_type));
  std::uint64_t first = 0;
  response.stream_length = file.size();
  if (range.kind == ByteRange::Kind::part) {
    response.status = 206;
    response.headers.set("Content-Range", recording::content_range(range, file.size()));
    first = range.first;
    response.stream_length = range.length;
  }
  response.stream = std::make_unique<FileSource>(std::move(file), first);
  return response;
}

}  // namespace diemcau::mcu
