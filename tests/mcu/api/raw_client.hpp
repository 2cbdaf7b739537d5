#pragma once
// Clients that send exactly the bytes they are told, right or wrong. Blocking, with a deadline.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace diemcau::test {

struct RawResponse {
  int status = 0;                              // 0: the connection ended without one
  std::map<std::string, std::string> headers;  // lower-case names; several are joined by ", "
  std::string body;
  std::string header(const std::string& name) const {
    const auto it = headers.find(name);
    return it == headers.end() ? "" : it->second;
  }
};

class RawClient {
 public:
  explicit RawClient(std::uint16_t port, int receive_buffer = 0);
  ~RawClient();
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  void send(std::string_view bytes);
  /// One response; no_body: an answer to HEAD.
  RawResponse read(bool no_body = false);
  /// True once the server has closed.
  bool closed();
  /// At least one byte more, or false at the end.
  bool fill();

  std::string buffer;

 private:
  int fd_ = -1;
};

/// "GET /x HTTP/1.1" with Host and the given further lines ("A: b\r\n").
std::string request(std::string_view method, std::string_view target, std::string_view lines = "",
                    std::string_view body = "");

struct Frame {
  int opcode = -1;  // -1: the connection ended
  std::string payload;
  int close_code() const {
    return opcode == 8 && payload.size() >= 2 ? (static_cast<unsigned char>(payload[0]) << 8) |
                                                    static_cast<unsigned char>(payload[1])
                                              : 0;
  }
};

class RawWebSocket {
 public:
  RawWebSocket(std::uint16_t port, const std::string& path, std::string_view lines,
               std::string_view protocol = "diemcau.v1", int receive_buffer = 0);
  RawResponse handshake;

  void send(std::string_view text, int opcode = 1);
  /// Answers pings on the way unless told not to.
  Frame read();
  /// Reads on until a text that contains `part`; its text, or empty at the end.
  std::string read_until(std::string_view part);
  /// Reads on until the close frame or the end; the close code, 0 without one.
  int read_close();
  bool answer_pings = true;
  int pings = 0;

 private:
  RawClient client_;
};

}  // namespace diemcau::test
