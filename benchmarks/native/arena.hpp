// The arena: one large range of addresses from the system, handed out once, slab by slab.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#ifdef _WIN32
#define NOMINMAX
#include <windows.h>
#else
#include <sys/mman.h>
#endif

namespace bench {

class Arena {
 public:
  static constexpr std::size_t slab_bytes = 16 * 1024;

  /// The arena of the process. Slabs are never given back: rounds after the first find them warm.
  static Arena& instance() {
    static Arena arena;
    return arena;
  }

  /// The next slab, zeroed by the system and not yet touched.
  std::byte* take_slab() {
    if (next_ + slab_bytes > end_) {
      std::fputs("arena: out of reserved memory\n", stderr);
      std::abort();
    }
    std::byte* slab = next_;
    next_ += slab_bytes;
#ifdef _WIN32
    VirtualAlloc(slab, slab_bytes, MEM_COMMIT, PAGE_READWRITE);
#endif
    return slab;
  }

  /// Where the first slab begins.
  std::byte* begin() const { return begin_; }

  /// Bytes of all slabs handed out so far.
  std::size_t used() const { return static_cast<std::size_t>(next_ - begin_); }

 private:
  static constexpr std::size_t largest_reserve = std::size_t{16} << 30;
  static constexpr std::size_t smallest_reserve = std::size_t{256} << 20;

  // Reserving costs addresses, not memory; a system that limits addresses gets a smaller arena.
  Arena() {
    for (std::size_t bytes = largest_reserve; bytes >= smallest_reserve; bytes /= 2) {
      if (std::byte* base = reserve(bytes)) {
        begin_ = next_ = base;
        end_ = base + bytes;
        return;
      }
    }
    std::fputs("arena: the system reserves no memory\n", stderr);
    std::abort();
  }

  static std::byte* reserve(std::size_t bytes) {
#ifdef _WIN32
    return static_cast<std::byte*>(VirtualAlloc(nullptr, bytes, MEM_RESERVE, PAGE_READWRITE));
#else
    int flags = MAP_PRIVATE | MAP_ANONYMOUS;
#ifdef MAP_NORESERVE
    flags |= MAP_NORESERVE;
#endif
    void* base = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, flags, -1, 0);
    return base == MAP_FAILED ? nullptr : static_cast<std::byte*>(base);
#endif
  }

  std::byte* begin_ = nullptr;
  std::byte* next_ = nullptr;
  std::byte* end_ = nullptr;
};

}  // namespace bench
