#pragma once
// A move-only callable that never allocates: what crosses threads on the packet path.

#include <cstddef>
#include <new>
#include <type_traits>
#include <utility>

namespace diemcau {

template <class Signature, std::size_t Capacity = 64>
class InplaceFunction;

template <class R, class... Args, std::size_t Capacity>
class InplaceFunction<R(Args...), Capacity> {
 public:
  InplaceFunction() = default;

  template <class F>
  requires(!std::is_same_v<std::remove_cvref_t<F>, InplaceFunction>)
      InplaceFunction(F&& f) {  // NOLINT(google-explicit-constructor): as std::function
    using Fn = std::decay_t<F>;
    static_assert(sizeof(Fn) <= Capacity, "captures too much for an InplaceFunction");
    static_assert(alignof(Fn) <= alignof(std::max_align_t));
    static_assert(std::is_nothrow_move_constructible_v<Fn>);
    ::new (static_cast<void*>(&storage_)) Fn(std::forward<F>(f));
    invoke_ = [](void* p, Args... args) -> R {
      return (*static_cast<Fn*>(p))(std::forward<Args>(args)...);
    };
    move_ = [](void* from, void* to) noexcept {
      if (to != nullptr) ::new (to) Fn(std::move(*static_cast<Fn*>(from)));
      static_cast<Fn*>(from)->~Fn();
    };
  }

  InplaceFunction(InplaceFunction&& other) noexcept { take(other); }
  InplaceFunction& operator=(InplaceFunction&& other) noexcept {
    if (this != &other) {
      reset();
      take(other);
    }
    return *this;
  }
  InplaceFunction(const InplaceFunction&) = delete;
  InplaceFunction& operator=(const InplaceFunction&) = delete;
  ~InplaceFunction() { reset(); }

  explicit operator bool() const noexcept { return invoke_ != nullptr; }
  R operator()(Args... args) { return invoke_(&storage_, std::forward<Args>(args)...); }

  void reset() noexcept {
    if (move_ != nullptr) move_(&storage_, nullptr);
    invoke_ = nullptr;
    move_ = nullptr;
  }

 private:
  void take(InplaceFunction& other) noexcept {
    if (other.move_ != nullptr) other.move_(&other.storage_, &storage_);
    invoke_ = std::exchange(other.invoke_, nullptr);
    move_ = std::exchange(other.move_, nullptr);
  }

  alignas(std::max_align_t) std::byte storage_[Capacity];
  R (*invoke_)(void*, Args...) = nullptr;
  void (*move_)(void*, void*) noexcept = nullptr;
};

}  // namespace diemcau
