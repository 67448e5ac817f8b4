// A standard allocator over the slab heap of the thread: what std::list needs to leave malloc.
#pragma once

#include <cstddef>
#include <new>

#include "slab-heap.hpp"

namespace bench {

template <class T>
struct SlabAllocator {
  using value_type = T;

  SlabAllocator() = default;
  template <class U>
  SlabAllocator(const SlabAllocator<U>&) {}

  T* allocate(std::size_t count) {
    const std::size_t bytes = count * sizeof(T);
    // Arrays do not belong in slabs: they go to the general allocator, as in the original design.
    if (bytes > SlabHeap::largest_block) return static_cast<T*>(::operator new(bytes));
    return static_cast<T*>(SlabHeap::of_this_thread().allocate(bytes));
  }

  void deallocate(T* block, std::size_t count) {
    const std::size_t bytes = count * sizeof(T);
    if (bytes > SlabHeap::largest_block) return ::operator delete(block);
    SlabHeap::of_this_thread().deallocate(block, bytes);
  }

  friend bool operator==(const SlabAllocator&, const SlabAllocator&) { return true; }
};

}  // namespace bench
