#include "mcu/meetings/documents/relationships.hpp"

namespace diemcau::mcu {

bool reaches_outside(std::string_view xml) {
  if (xml.find('\0') != std::string_view::npos || xml.find("<!") != std::string_view::npos ||
      xml.find("&#") != std::string_view::npos)
    return true;
  for (;;) {
    const auto begin = xml.find('<');
    if (begin == std::string_view::npos) return false;
    xml.remove_prefix(begin);
    const auto end = xml.find('>');
    const auto element = xml.substr(0, end);
    const bool outside = element.find("External") != std::string_view::npos;
    if (outside && element.find("/relationships/hyperlink") == std::string_view::npos) return true;
    if (end == std::string_view::npos) return false;
    xml.remove_prefix(end + 1);
  }
}

}  // namespace diemcau::mcu
