#pragma once
// A file as a response: ranges, validators, streamed piece by piece.

#include <string>

#include "recording/media_file.hpp"
#include "signaling/http/types.hpp"

namespace diemcau::mcu {

/// 200, 206, 304 or 416 by the request's Range, If-Range and If-None-Match.
signaling::HttpResponse file_reply(const signaling::HttpRequest& request, recording::MediaFile file,
                                   std::string content_type);

}  // namespace diemcau::mcu
