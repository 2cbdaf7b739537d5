#pragma once
// What the sites write to each other: words without what is not seen, and how often one seat may.
// Pure.

#include <map>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "signaling/token_bucket.hpp"

namespace diemcau::mcu {

/// The text as it is shown: marks that turn its direction, zero-width ones and carriage returns
/// taken out. Errors: text.bad_character, text.empty (invalid_argument).
Result<std::string> words_in(std::string_view text);

/// A bucket for each seat.
class SeatRates {
 public:
  SeatRates(double at_once, double per_second) : at_once_(at_once), per_second_(per_second) {}
  bool take(const std::string& seat, TimePoint now);

 private:
  double at_once_, per_second_;
  std::map<std::string, signaling::TokenBucket> buckets_;
};

}  // namespace diemcau::mcu
