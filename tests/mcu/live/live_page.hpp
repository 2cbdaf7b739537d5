#pragma once
// Pages and sites of a running server, each with the rights its token or account gives it.

#include <memory>
#include <optional>
#include <string>

#include <boost/json.hpp>

#include "mcu/app/simulate/site_media.hpp"
#include "tests/mcu/api/raw_client.hpp"
#include "tests/mcu/live/tones.hpp"

namespace diemcau::test {

/// One meeting of the server that live.py started, and whom it made tokens for.
struct LiveMeeting {
  std::uint16_t port = 0;
  std::string id;
  boost::json::object tokens;

  /// By the name live.py gave it.
  static LiveMeeting from_environment(std::string_view name);
  /// As a header: the token of somebody in this meeting; "" is nobody's.
  std::string credentials(const std::string& name) const;
  std::string signal_path() const { return "/api/v1/meetings/" + id + "/signal"; }
  RawResponse get(const std::string& path, const std::string& as) const;
  RawResponse post(const std::string& path, const std::string& as, const std::string& json) const;
  /// The cookie of an account, as a header.
  std::string sign_in(const std::string& username, const std::string& password) const;
};

/// An open page: asks and gets its answer, whatever else it is told meanwhile.
class LivePage {
 public:
  LivePage(const LiveMeeting& meeting, const std::string& credentials);

  /// The answer to this request: `ok`, `joined`, `pong` …, or the error.
  boost::json::object ask(boost::json::object request);
  /// "ok" (or what else the answer is), or the error's code; "closed" when none came.
  std::string answer_to(boost::json::object request);
  void send(const boost::json::object& message) { socket_.send(boost::json::serialize(message)); }
  const boost::json::object& welcome() const { return welcome_; }
  /// The last message of this type that came before an answer; empty: none.
  boost::json::object told(const std::string& type) const;
  std::string seat() const;

 private:
  RawWebSocket socket_;
  boost::json::object welcome_;
  boost::json::object told_;  // by type
  std::int64_t next_id_ = 1;
};

/// A loop with what sites' media need, for as long as the test runs.
class LiveMedia {
 public:
  LiveMedia();
  ~LiveMedia() { loop.stop(); }

  SystemClock clock;
  Metrics metrics;
  std::optional<media::DtlsCertificate> certificate;
  media::TransportLoop loop;
  mcu::SiteMediaContext context;
};

/// A page that has joined with microphone and ear.
class LiveSite : public LivePage {
 public:
  /// Its media are up when this returns; a failure ends the test's set-up by an exception.
  LiveSite(const LiveMeeting& meeting, LiveMedia& media, const std::string& credentials);
  ~LiveSite();

  /// Sends this tone without a pause, whatever it was told; null: silence.
  void sound(std::shared_ptr<const mcu::SpeechLoop> tone);
  Ear& ear() { return *ear_; }

 private:
  LiveMedia& live_;
  std::shared_ptr<Ear> ear_;
  std::unique_ptr<mcu::SiteMedia> media_;  // the loop's
};

}  // namespace diemcau::test
