#pragma once
// The body of a request that is streamed to who takes it. Internal to signaling: it brings Beast
// in. On the connection's strand.

#include <chrono>
#include <optional>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include "signaling/http/router.hpp"
#include "signaling/stream.hpp"

namespace diemcau::signaling {

/// What to tell a client whose body could not be read: request.too_large, request.malformed.
/// Nothing when it went away or was too slow.
std::optional<Error> body_fault(boost::system::error_code error);

/// The code of a client that went away: there is nobody to answer.
inline constexpr std::string_view kClientGone = "request.client_gone";

/// Reads the body of `head` to its end, never whole in memory; `buffer` may hold its beginning.
/// `patience` is for each 64 KiB: who sends slower is let go. Errors: those of body_fault and of
/// Upload::write; kClientGone.
boost::asio::awaitable<Result<void>> read_body_into(
    Upload& upload, ConnectionStream& stream, boost::beast::flat_buffer& buffer,
    boost::beast::http::request_parser<boost::beast::http::string_body>& head, std::size_t limit,
    std::chrono::milliseconds patience, boost::asio::thread_pool& pool);

}  // namespace diemcau::signaling
