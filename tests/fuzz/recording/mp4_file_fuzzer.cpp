// A file of any content: scan, finish, and scan again; what was finished holds together.
#include <cstdlib>

#include "recording/mp4/file_layout.hpp"
#include "recording/tools.hpp"
#include "tests/recording/test_disks.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace diemcau::recording;
  std::vector<std::uint8_t> bytes(data, data + size);
  // Our own first bytes, or few inputs would get behind them.
  const auto front = mp4::front();
  if (size > 0 && data[0] % 2 == 0) {
    if (bytes.size() < front.size()) bytes.resize(front.size());
    std::copy(front.begin(), front.begin() + 32 + (data[0] % 4 == 0 ? 16 : 0), bytes.begin());
  }
  test::MemoryFile file(std::move(bytes));
  (void)verify_file(file, true);
  const auto recovered = recover_mp4(file);
  if (recovered && recovered->found == ScannedFile::State::unfinished) {
    // Not deep: data damaged long ago is kept, and only a deep look finds it.
    const auto check = verify_file(file, false);
    if (!check || check->state != ScannedFile::State::finished || !check->problems.empty())
      std::abort();
  }
  return 0;
}
