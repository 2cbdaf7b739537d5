#pragma once
#include <string_view>

namespace diemcau::mcu {

/// openapi.json, embedded when built.
std::string_view openapi_json();

}  // namespace diemcau::mcu
