// The rings between threads that the passing scenarios measure: each the best known of its kind, in a few lines.
#pragma once

#include <algorithm>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <thread>
#include <vector>

namespace bench {

/// Bytes of a pair of cache lines, which are fetched together.
inline constexpr std::size_t pair_of_lines = 128;

/// Looks again and again; where it takes long, lets other threads have the core.
class Patience {
 public:
  void look() {
    if (++looks_ > 1000) std::this_thread::yield();
  }

 private:
  int looks_ = 0;
};

/// One producer and one consumer (after E. Rigtorp's SPSCQueue): positions on lines of their own, each with a cached copy of
/// the other one, which is loaded anew only where the copy says full or empty.
template <class Record>
class TwoEndsRing {
 public:
  TwoEndsRing(std::size_t capacity, int, int) : size_(capacity + 1), slots_(std::make_unique<Record[]>(size_)) {}

  void push(const Record& record, int = 0) {
    const std::size_t tail = tail_.load(std::memory_order_relaxed);
    std::size_t next = tail + 1;
    if (next == size_) next = 0;
    while (next == known_head_) known_head_ = head_.load(std::memory_order_acquire);
    slots_[tail] = record;
    tail_.store(next, std::memory_order_release);
  }

  Record pop(int = 0) {
    const std::size_t head = head_.load(std::memory_order_relaxed);
    while (head == known_tail_) known_tail_ = tail_.load(std::memory_order_acquire);
    const Record record = slots_[head];
    std::size_t next = head + 1;
    if (next == size_) next = 0;
    head_.store(next, std::memory_order_release);
    return record;
  }

  /// Pushes `count` records, and tells of as many at a time as there is room for.
  void push_many(const Record* records, std::size_t count) {
    while (count > 0) {
      const std::size_t tail = tail_.load(std::memory_order_relaxed);
      std::size_t room = (known_head_ + size_ - tail - 1) % size_;
      if (room < count) {
        known_head_ = head_.load(std::memory_order_acquire);
        room = (known_head_ + size_ - tail - 1) % size_;
        if (room == 0) continue;
      }
      const std::size_t now = std::min({room, count, size_ - tail});
      std::copy(records, records + now, &slots_[tail]);
      tail_.store(tail + now == size_ ? 0 : tail + now, std::memory_order_release);
      records += now;
      count -= now;
    }
  }

  /// Pops up to `most` records, and at least one.
  std::size_t pop_many(Record* records, std::size_t most) {
    const std::size_t head = head_.load(std::memory_order_relaxed);
    while (head == known_tail_) known_tail_ = tail_.load(std::memory_order_acquire);
    const std::size_t there = (known_tail_ + size_ - head) % size_;
    const std::size_t now = std::min({there, most, size_ - head});
    std::copy(&slots_[head], &slots_[head] + now, records);
    head_.store(head + now == size_ ? 0 : head + now, std::memory_order_release);
    return now;
  }

  /// As push(), and wakes who sleeps in pop_or_sleep().
  void push_and_wake(const Record& record) {
    push(record);
    tail_.notify_one();
  }

  /// As pop(); where nothing comes for some microseconds the thread sleeps.
  Record pop_or_sleep() {
    const std::size_t head = head_.load(std::memory_order_relaxed);
    for (int looks = 0; head == (known_tail_ = tail_.load(std::memory_order_acquire)); ++looks)
      if (looks > 2000) tail_.wait(head, std::memory_order_acquire);
    return pop();
  }

 private:
  std::size_t size_;
  std::unique_ptr<Record[]> slots_;
  alignas(pair_of_lines) std::atomic<std::size_t> tail_{0};
  std::size_t known_head_ = 0;
  alignas(pair_of_lines) std::atomic<std::size_t> head_{0};
  std::size_t known_tail_ = 0;
};

/// Many producers and consumers (D. Vyukov's bounded queue): each slot has a sequence number that says whose turn it is.
template <class Record>
class SlotsRing {
 public:
  SlotsRing(std::size_t capacity, int, int)
      : mask_(std::bit_ceil(capacity) - 1), slots_(std::make_unique<Slot[]>(mask_ + 1)) {
    for (std::size_t at = 0; at <= mask_; ++at) slots_[at].sequence.store(at, std::memory_order_relaxed);
  }

  void push(const Record& record, int = 0) {
    Patience patience;
    for (std::size_t tail = tail_.load(std::memory_order_relaxed);;) {
      Slot& slot = slots_[tail & mask_];
      const auto ahead = static_cast<std::ptrdiff_t>(slot.sequence.load(std::memory_order_acquire) - tail);
      if (ahead == 0) {
        if (tail_.compare_exchange_weak(tail, tail + 1, std::memory_order_relaxed)) {
          slot.record = record;
          slot.sequence.store(tail + 1, std::memory_order_release);
          return;
        }
      } else {
        if (ahead < 0) patience.look();
        tail = tail_.load(std::memory_order_relaxed);
      }
    }
  }

  Record pop(int = 0) {
    Patience patience;
    for (std::size_t head = head_.load(std::memory_order_relaxed);;) {
      Slot& slot = slots_[head & mask_];
      const auto ahead = static_cast<std::ptrdiff_t>(slot.sequence.load(std::memory_order_acquire) - (head + 1));
      if (ahead == 0) {
        if (head_.compare_exchange_weak(head, head + 1, std::memory_order_relaxed)) {
          const Record record = slot.record;
          slot.sequence.store(head + mask_ + 1, std::memory_order_release);
          return record;
        }
      } else {
        if (ahead < 0) patience.look();
        head = head_.load(std::memory_order_relaxed);
      }
    }
  }

 private:
  struct Slot {
    std::atomic<std::size_t> sequence;
    Record record;
  };

  std::size_t mask_;
  std::unique_ptr<Slot[]> slots_;
  alignas(pair_of_lines) std::atomic<std::size_t> tail_{0};
  alignas(pair_of_lines) std::atomic<std::size_t> head_{0};
};

/// One producer; every consumer gets every record, at its own pace (the pattern of the LMAX Disruptor).
template <class Record>
class BroadcastRing {
 public:
  BroadcastRing(std::size_t capacity, int, int consumers)
      : mask_(std::bit_ceil(capacity) - 1),
        slots_(std::make_unique<Record[]>(mask_ + 1)),
        cursors_(static_cast<std::size_t>(consumers)) {}

  void push(const Record& record, int = 0) {
    const std::size_t tail = tail_.load(std::memory_order_relaxed);
    for (Patience patience; tail == room_;) {
      std::size_t slowest = tail;
      for (const Cursor& cursor : cursors_) slowest = std::min(slowest, cursor.head.load(std::memory_order_acquire));
      room_ = slowest + mask_ + 1;
      if (tail == room_) patience.look();
    }
    slots_[tail & mask_] = record;
    tail_.store(tail + 1, std::memory_order_release);
  }

  Record pop(int consumer) {
    Cursor& cursor = cursors_[static_cast<std::size_t>(consumer)];
    const std::size_t head = cursor.head.load(std::memory_order_relaxed);
    for (Patience patience; head == cursor.known_tail;) {
      cursor.known_tail = tail_.load(std::memory_order_acquire);
      if (head == cursor.known_tail) patience.look();
    }
    const Record record = slots_[head & mask_];
    cursor.head.store(head + 1, std::memory_order_release);
    return record;
  }

 private:
  struct alignas(pair_of_lines) Cursor {
    std::atomic<std::size_t> head{0};
    std::size_t known_tail = 0;
  };

  std::size_t mask_;
  std::unique_ptr<Record[]> slots_;
  std::vector<Cursor> cursors_;
  alignas(pair_of_lines) std::atomic<std::size_t> tail_{0};
  std::size_t room_ = 0;
};

/// The latest value under a sequence number (H.-J. Boehm, "Can Seqlocks Get Along With Programming Language Memory Models?").
template <class Record>
class Seqlock {
 public:
  void store(const Record& record) {
    std::uint64_t words[count];
    std::copy_n(reinterpret_cast<const char*>(&record), sizeof record, reinterpret_cast<char*>(words));
    const std::uint64_t sequence = sequence_.load(std::memory_order_relaxed);
    sequence_.store(sequence + 1, std::memory_order_relaxed);
    std::atomic_thread_fence(std::memory_order_release);
    for (std::size_t word = 0; word < count; ++word) words_[word].store(words[word], std::memory_order_relaxed);
    sequence_.store(sequence + 2, std::memory_order_release);
  }

  Record load() const {
    for (;;) {
      const std::uint64_t before = sequence_.load(std::memory_order_acquire);
      std::uint64_t words[count];
      for (std::size_t word = 0; word < count; ++word) words[word] = words_[word].load(std::memory_order_relaxed);
      std::atomic_thread_fence(std::memory_order_acquire);
      if ((before & 1) != 0 || sequence_.load(std::memory_order_relaxed) != before) continue;
      Record record;
      std::copy_n(reinterpret_cast<const char*>(words), sizeof record, reinterpret_cast<char*>(&record));
      return record;
    }
  }

 private:
  static constexpr std::size_t count = sizeof(Record) / 8;
  alignas(pair_of_lines) std::atomic<std::uint64_t> sequence_{0};
  alignas(pair_of_lines) std::atomic<std::uint64_t> words_[count]{};
};

}  // namespace bench
