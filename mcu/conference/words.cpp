#include "mcu/conference/words.hpp"

#include "base/text.hpp"

namespace diemcau::mcu {
namespace {

// Far above a meeting's seats. Emptied when it is reached: whoever makes up seats gains a bucket.
constexpr std::size_t kMostSeats = 5000;

}  // namespace

Result<std::string> words_in(std::string_view text) {
  auto clean = without_unseen(text);
  if (!clean)
    return make_error(Errc::invalid_argument, "text.bad_character",
                      "control characters are not for texts");
  if (clean->find_first_not_of(" \n\t") == std::string::npos)
    return make_error(Errc::invalid_argument, "text.empty", "there is nothing in it");
  return std::move(*clean);
}

bool SeatRates::take(const std::string& seat, TimePoint now) {
  if (buckets_.size() > kMostSeats) buckets_.clear();
  return buckets_.try_emplace(seat, at_once_, per_second_).first->second.take(now);
}

}  // namespace diemcau::mcu
