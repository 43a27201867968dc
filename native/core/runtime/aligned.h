// A fixed-size array that starts on a cache line. Contents are not initialised.
#pragma once

#include <cstddef>
#include <memory>
#include <new>
#include <span>
#include <type_traits>

namespace cochlea {

template <class T>
class Aligned {
  static_assert(std::is_trivially_destructible_v<T>);

 public:
  static constexpr size_t ALIGNMENT = 64;

  Aligned() = default;
  explicit Aligned(size_t size)
      : data_(static_cast<T*>(::operator new(size * sizeof(T), std::align_val_t(ALIGNMENT)))),
        size_(size) {}
  Aligned(size_t size, T value) : Aligned(size) {
    for (size_t i = 0; i < size; ++i) data_[i] = value;
  }

  T* data() { return data_.get(); }
  const T* data() const { return data_.get(); }
  size_t size() const { return size_; }
  T& operator[](size_t i) { return data_[i]; }
  const T& operator[](size_t i) const { return data_[i]; }
  T* begin() { return data_.get(); }
  T* end() { return data_.get() + size_; }
  const T* begin() const { return data_.get(); }
  const T* end() const { return data_.get() + size_; }
  operator std::span<T>() { return {data_.get(), size_}; }
  operator std::span<const T>() const { return {data_.get(), size_}; }

 private:
  struct Free {
    void operator()(T* p) const { ::operator delete(p, std::align_val_t(ALIGNMENT)); }
  };
  std::unique_ptr<T[], Free> data_;
  size_t size_ = 0;
};

}  // namespace cochlea
