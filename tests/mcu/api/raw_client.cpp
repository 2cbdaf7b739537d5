#include "tests/mcu/api/raw_client.hpp"

#include <algorithm>
#include <stdexcept>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

namespace diemcau::test {

RawClient::RawClient(std::uint16_t port, int receive_buffer) {
  fd_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (receive_buffer > 0)
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
  const timeval deadline{10, 0};
  ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &deadline, sizeof deadline);
  ::setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &deadline, sizeof deadline);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0)
    throw std::runtime_error("cannot connect");
}

RawClient::~RawClient() {
  ::close(fd_);
}

void RawClient::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto n = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (n <= 0) return;
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
}

bool RawClient::fill() {
  char piece[65536];
  const auto n = ::recv(fd_, piece, sizeof piece, 0);
  if (n <= 0) return false;
  buffer.append(piece, static_cast<std::size_t>(n));
  return true;
}

bool RawClient::closed() {
  while (fill()) {
  }
  return true;
}

RawResponse RawClient::read(bool no_body) {
  RawResponse out;
  std::size_t end = 0;
  while ((end = buffer.find("\r\n\r\n")) == std::string::npos)
    if (!fill()) return out;
  const std::string head = buffer.substr(0, end + 2);
  buffer.erase(0, end + 4);
  out.status = std::stoi(head.substr(9, 3));
  for (std::size_t at = head.find("\r\n") + 2; at < head.size();) {
    const auto line_end = head.find("\r\n", at);
    const auto line = head.substr(at, line_end - at);
    const auto colon = line.find(": ");
    std::string name = line.substr(0, colon);
    std::transform(name.begin(), name.end(), name.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    auto& value = out.headers[name];
    value += (value.empty() ? "" : ", ") + line.substr(colon + 2);
    at = line_end + 2;
  }
  if (no_body || out.status < 200 || out.status == 204 || out.status == 304) return out;
  const std::string length = out.header("content-length");
  const std::size_t size = length.empty() ? 0 : std::stoul(length);
  while (buffer.size() < size && fill()) {
  }
  out.body = buffer.substr(0, size);
  buffer.erase(0, std::min(size, buffer.size()));
  return out;
}

std::string request(std::string_view method, std::string_view target, std::string_view lines,
                    std::string_view body) {
  std::string out;
  out.append(method).append(" ").append(target).append(" HTTP/1.1\r\nHost: 127.0.0.1\r\n");
  out.append(lines);
  if (!body.empty())
    out.append("Content-Length: ").append(std::to_string(body.size())).append("\r\n");
  out.append("\r\n").append(body);
  return out;
}

RawWebSocket::RawWebSocket(std::uint16_t port, const std::string& path, std::string_view lines,
                           std::string_view protocol, int receive_buffer)
    : client_(port, receive_buffer) {
  std::string fields =
      "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
  if (!protocol.empty()) fields.append("Sec-WebSocket-Protocol: ").append(protocol).append("\r\n");
  fields.append(lines);
  client_.send(request("GET", path, fields));
  handshake = client_.read();
}

void RawWebSocket::send(std::string_view text, int opcode) {
  std::string frame(1, static_cast<char>(0x80 | opcode));
  if (text.size() < 126) {
    frame.push_back(static_cast<char>(0x80 | text.size()));
  } else if (text.size() < 65536) {
    frame.push_back(static_cast<char>(0x80 | 126));
    frame.push_back(static_cast<char>(text.size() >> 8));
    frame.push_back(static_cast<char>(text.size() & 255));
  } else {
    frame.push_back(static_cast<char>(0x80 | 127));
    for (int shift = 56; shift >= 0; shift -= 8)
      frame.push_back(static_cast<char>((text.size() >> shift) & 255));
  }
  frame.append(4, '\0');  // a mask of zeros leaves the text as it is
  frame.append(text);
  client_.send(frame);
}

Frame RawWebSocket::read() {
  for (;;) {
    auto& buffer = client_.buffer;
    const auto need = [&](std::size_t size) {
      while (buffer.size() < size)
        if (!client_.fill()) return false;
      return true;
    };
    if (!need(2)) return {};
    std::size_t header = 2;
    std::size_t size = static_cast<unsigned char>(buffer[1]) & 127;
    const std::size_t extra = size == 126 ? 2 : size == 127 ? 8 : 0;
    if (extra > 0) {
      if (!need(2 + extra)) return {};
      size = 0;
      for (std::size_t i = 0; i < extra; ++i)
        size = (size << 8) | static_cast<unsigned char>(buffer[2 + i]);
      header += extra;
    }
    if (!need(header + size)) return {};
    Frame frame;
    frame.opcode = static_cast<unsigned char>(buffer[0]) & 15;
    frame.payload = buffer.substr(header, size);
    buffer.erase(0, header + size);
    if (frame.opcode != 9) return frame;
    ++pings;
    if (answer_pings) send(frame.payload, 10);
  }
}

std::string RawWebSocket::read_until(std::string_view part) {
  for (;;) {
    const Frame frame = read();
    if (frame.opcode != 1) return {};
    if (frame.payload.find(part) != std::string::npos) return frame.payload;
  }
}

int RawWebSocket::read_close() {
  for (;;) {
    const Frame frame = read();
    if (frame.opcode == -1) return 0;
    if (frame.opcode == 8) return frame.close_code();
  }
}

}  // namespace diemcau::test
