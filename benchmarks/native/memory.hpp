// How much memory of the machine the process holds right now.
#pragma once

#include <cstddef>
#include <cstdio>

#ifdef __GLIBC__
#include <malloc.h>
#endif
#ifdef __linux__
#include <unistd.h>
#elif defined(__APPLE__)
#include <mach/mach.h>
#endif

namespace bench {

/// Resident bytes; 0 where we do not know how to ask.
inline std::size_t resident_bytes() {
#ifdef __linux__
  std::size_t total_pages = 0, resident_pages = 0;
  if (std::FILE* file = std::fopen("/proc/self/statm", "r")) {
    if (std::fscanf(file, "%zu %zu", &total_pages, &resident_pages) != 2) resident_pages = 0;
    std::fclose(file);
  }
  return resident_pages * static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
#elif defined(__APPLE__)
  mach_task_basic_info info;
  mach_msg_type_number_t count = MACH_TASK_BASIC_INFO_COUNT;
  const auto result = task_info(mach_task_self(), MACH_TASK_BASIC_INFO, reinterpret_cast<task_info_t>(&info), &count);
  return result == KERN_SUCCESS ? info.resident_size : 0;
#else
  return 0;
#endif
}

/// Bytes that malloc has given out; below 0 where it does not tell.
inline double malloc_bytes() {
#if defined(__GLIBC__) && (__GLIBC__ > 2 || __GLIBC_MINOR__ >= 33)
  const auto info = mallinfo2();
  return static_cast<double>(info.uordblks) + static_cast<double>(info.hblkhd);
#else
  return -1;
#endif
}

}  // namespace bench
