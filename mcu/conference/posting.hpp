#pragma once
// The one way media threads reach a conference: by posting to its strand.

#include <memory>
#include <type_traits>

#include <boost/asio/post.hpp>

namespace diemcau::mcu {

/// A callable for any thread that posts `(object.*method)(args…)` to the strand, if the object
/// still lives then.
template <class Object, class Strand, class... Args>
auto posting(std::weak_ptr<Object> weak, Strand strand, void (Object::*method)(Args...)) {
  return [weak = std::move(weak), strand = std::move(strand), method](std::decay_t<Args>... args) {
    boost::asio::post(strand, [weak, method, ... args = std::move(args)]() mutable {
      if (const auto alive = weak.lock()) ((*alive).*method)(std::move(args)...);
    });
  };
}

}  // namespace diemcau::mcu
