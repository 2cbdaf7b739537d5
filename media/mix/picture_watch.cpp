#include "media/mix/picture_watch.hpp"

#include <algorithm>
#include <cmath>

namespace diemcau::media {

bool PictureWatch::look(const I420View& picture, TimePoint now) noexcept {
  if ((looked_ && now - *looked_ < kEvery) || picture.width < kColumns || picture.height < kRows)
    return false;
  const bool first = !looked_;
  looked_ = now;

  std::uint64_t print = 14'695'981'039'346'656'037ULL;  // FNV-1a
  double sum = 0, squares = 0;
  for (int row = 0; row < kRows; ++row) {
    const std::uint8_t* line = picture.data[0] + static_cast<std::ptrdiff_t>(
                                                     (2 * row + 1) * picture.height / (2 * kRows)) *
                                                     picture.stride[0];
    for (int column = 0; column < kColumns; ++column) {
      const std::uint8_t luma = line[(2 * column + 1) * picture.width / (2 * kColumns)];
      print = (print ^ luma) * 1'099'511'628'211ULL;
      sum += luma;
      squares += luma * luma;
    }
  }
  constexpr double n = kColumns * kRows;
  const double mean = sum / n, deviation = std::sqrt(std::max(0.0, squares / n - mean * mean));

  const bool was_black = black_, was_frozen = frozen_;
  if (mean > kBlackMean || deviation > kBlackDeviation) {
    black_since_.reset();
    if (mean > kSeenMean || deviation > kSeenDeviation) black_ = false;
  } else {
    if (!black_since_) black_since_ = now;
    if (now - *black_since_ >= kBlackAfter) black_ = true;
  }
  if (first || print != print_) {
    same_since_ = now;
    frozen_ = false;
  } else if (now - same_since_ >= kFrozenAfter && !black_) {
    frozen_ = true;  // of a black picture nothing else need be said
  }
  print_ = print;
  return black_ != was_black || frozen_ != was_frozen;
}

}  // namespace diemcau::media
