// The C++ lists that are measured: how each is made, and what its allocator says it holds.
#pragma once

#include <cstddef>
#include <list>
#include <memory_resource>

#ifdef __GLIBC__
#include <malloc.h>
#endif

#include "arena.hpp"
#include "intrusive-list.hpp"
#include "record.hpp"
#include "slab-allocator.hpp"

namespace bench {

/// std::list on the system's malloc.
struct Malloc {
  using List = std::list<Record>;
  static List make() { return List(); }

  /// Bytes the allocator has handed out, its own headers included; 0 where it does not tell.
  static std::size_t bytes_in_use() {
#if defined(__GLIBC__) && (__GLIBC__ > 2 || __GLIBC_MINOR__ >= 33)
    return mallinfo2().uordblks + mallinfo2().hblkhd;
#else
    return 0;
#endif
  }
};

/// std::list on the slab heap.
struct Slab {
  using List = std::list<Record, SlabAllocator<Record>>;
  static List make() { return List(); }
  static std::size_t bytes_in_use() { return Arena::instance().used(); }
};

/// Our intrusive list on the slab heap.
struct Intrusive {
  using List = IntrusiveList;
  static List make() { return List(); }
  static std::size_t bytes_in_use() { return Arena::instance().used(); }
};

/// std::list on the standard library's own pool, which lives as long as the process.
struct Pmr {
  using List = std::pmr::list<Record>;
  static List make() {
    static std::pmr::unsynchronized_pool_resource pool;
    return List(&pool);
  }
  static std::size_t bytes_in_use() { return 0; }
};

}  // namespace bench
