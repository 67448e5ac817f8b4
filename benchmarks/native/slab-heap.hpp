// The heap of a thread: 16 KB slabs divided into blocks of one size class, and per class an
// intrusive LIFO list of free blocks. No lock, no atomic, no header in front of a block.
#pragma once

#include <array>
#include <cstddef>

#include "arena.hpp"

namespace bench {

class SlabHeap {
 public:
  static constexpr std::size_t granularity = 16;
  static constexpr std::size_t largest_block = 512;

  /// Constant-initialised, so that reaching it costs one thread-relative address and no guard.
  constexpr SlabHeap() = default;

  static SlabHeap& of_this_thread() {
    static thread_local constinit SlabHeap heap;
    return heap;
  }

  void* allocate(std::size_t bytes) {
    SizeClass& size_class = classes_[class_of(bytes)];
    if (FreeBlock* block = size_class.free) [[likely]] {
      size_class.free = block->next;
      return block;
    }
    return carve(size_class, block_bytes(bytes));
  }

  void deallocate(void* block, std::size_t bytes) {
    SizeClass& size_class = classes_[class_of(bytes)];
    auto* freed = static_cast<FreeBlock*>(block);
    freed->next = size_class.free;
    size_class.free = freed;
  }

 private:
  /// A free block holds the link to the free block below it.
  struct FreeBlock {
    FreeBlock* next;
  };

  struct SizeClass {
    FreeBlock* free = nullptr;
    std::byte* bump = nullptr;
    std::byte* slab_end = nullptr;
  };

  static constexpr std::size_t class_of(std::size_t bytes) { return (bytes + granularity - 1) / granularity; }
  static constexpr std::size_t block_bytes(std::size_t bytes) { return class_of(bytes) * granularity; }

  // Lazy carving: a fresh slab is bumped through, it is not threaded onto the free list first.
  void* carve(SizeClass& size_class, std::size_t bytes) {
    if (size_class.bump == nullptr || size_class.bump + bytes > size_class.slab_end) [[unlikely]] {
      size_class.bump = Arena::instance().take_slab();
      size_class.slab_end = size_class.bump + Arena::slab_bytes;
    }
    void* block = size_class.bump;
    size_class.bump += bytes;
    return block;
  }

  std::array<SizeClass, largest_block / granularity + 1> classes_{};
};

}  // namespace bench
