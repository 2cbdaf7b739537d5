#pragma once
// The one part of an office file that makes a program fetch something when it is opened.

#include <string_view>

namespace diemcau::mcu {

/// Whether a relationships part (ECMA-376 part 2, §6.5) points outside of its file with anything
/// but a link to click on: an attached template, a linked object or picture, a frame. True also for
/// what could hide one from a plain reader: not UTF-8, character references, entities.
bool reaches_outside(std::string_view relationships_xml);

}  // namespace diemcau::mcu
