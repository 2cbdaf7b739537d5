#include "base/result.hpp"

#include <stdexcept>

namespace diemcau {

void throw_exception_from_error(const Error& error, const boost::source_location& where) {
  throw std::logic_error("unchecked Result at " + where.to_string() + ": " + error.code + ": " +
                         error.detail);
}

}  // namespace diemcau
