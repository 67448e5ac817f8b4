// The fastest book we could write in C++: orders by index in one vector with a free list, ids through a table that is as
// long as the highest id, prices in a fixed window with two layers of bitmaps over it.
#pragma once

#include <bit>
#include <cstdint>
#include <stdexcept>
#include <vector>

namespace bench {

class SlabBook {
 public:
  /// It has a window, so the workload over all prices is not for it.
  static constexpr bool any_price = false;

  explicit SlabBook(std::size_t ids) : by_id_(ids, 0) {
    orders_.reserve(1 << 16);
    orders_.emplace_back();
    for (auto& side : sides_) side.levels.resize(window);
  }

  std::int64_t limit(std::uint64_t id, int side, std::int32_t ticks, std::int64_t lots) {
    const std::int64_t left = take(sides_[1 - side], lots, key_of(ticks, 1 - side));
    if (left > 0) rest(id, side, key_of(ticks, side), left);
    return lots - left;
  }

  std::int64_t market(int side, std::int64_t lots) { return lots - take(sides_[1 - side], lots, window); }

  void cancel(std::uint64_t id) {
    const std::uint32_t order = by_id_[id];
    if (order == 0) return;
    unlink(order);
    by_id_[id] = 0;
    free(order);
  }

  std::int64_t replace(std::uint64_t id, std::int32_t ticks, std::int64_t lots) {
    const std::uint32_t index = by_id_[id];
    if (index == 0) return 0;
    Order& order = orders_[index];
    const int side = order.side;
    if (key_of(ticks, side) == order.key && lots <= order.lots) {
      sides_[side].levels[order.key].total += lots - order.lots;
      order.lots = lots;
      return 0;
    }
    cancel(id);
    return limit(id, side, ticks, lots);
  }

  std::size_t live() const { return live_; }

  template <class Visit>
  void for_each_level(Visit visit) const {
    for (int side = 0; side < 2; ++side) {
      for (std::int32_t key = next(sides_[side], 0); key < window; key = next(sides_[side], key + 1)) {
        visit(side == 0 ? half - key : key - half, sides_[side].levels[key].total);
      }
    }
  }

 private:
  static constexpr std::int32_t half = 1 << 15;
  static constexpr std::int32_t window = 1 << 16;

  struct Order {
    std::uint32_t next = 0;
    std::uint32_t previous = 0;
    std::int32_t key = 0;
    std::int32_t side = 0;
    std::int64_t lots = 0;
    std::uint64_t id = 0;
  };
  struct Level {
    std::uint32_t first = 0;
    std::uint32_t last = 0;
    std::int64_t total = 0;
  };
  struct Side {
    std::vector<Level> levels;
    std::uint64_t bits[window / 64] = {};
    std::uint64_t summary[window / 4096] = {};
    std::int32_t best = window;
  };

  /// Lower is better, on both sides.
  static std::int32_t key_of(std::int32_t ticks, int side) { return side == 0 ? half - ticks : half + ticks; }

  static std::int32_t next(const Side& side, std::int32_t key) {
    if (key >= window) return window;
    std::int32_t word = key >> 6;
    if (const std::uint64_t rest = side.bits[word] >> (key & 63)) return key + std::countr_zero(rest);
    if (++word == window / 64) return window;
    std::int32_t group = word >> 6;
    std::uint64_t rest = side.summary[group] & (~std::uint64_t{0} << (word & 63));
    while (rest == 0) {
      if (++group == window / 4096) return window;
      rest = side.summary[group];
    }
    word = (group << 6) + std::countr_zero(rest);
    return (word << 6) + std::countr_zero(side.bits[word]);
  }

  void rest(std::uint64_t id, int at, std::int32_t key, std::int64_t lots) {
    std::uint32_t index = free_;
    if (index == 0) {
      index = static_cast<std::uint32_t>(orders_.size());
      orders_.emplace_back();
    } else {
      free_ = orders_[index].next;
    }
    Side& side = sides_[at];
    Level& level = side.levels[key];
    orders_[index] = {0, level.last, key, at, lots, id};
    if (level.last == 0) {
      level.first = index;
      side.bits[key >> 6] |= std::uint64_t{1} << (key & 63);
      side.summary[key >> 12] |= std::uint64_t{1} << ((key >> 6) & 63);
      if (key < side.best) side.best = key;
    } else {
      orders_[level.last].next = index;
    }
    level.last = index;
    level.total += lots;
    by_id_[id] = index;
    ++live_;
  }

  void unlink(std::uint32_t index) {
    const Order& order = orders_[index];
    Side& side = sides_[order.side];
    Level& level = side.levels[order.key];
    if (order.previous == 0) level.first = order.next;
    else orders_[order.previous].next = order.next;
    if (order.next == 0) level.last = order.previous;
    else orders_[order.next].previous = order.previous;
    level.total -= order.lots;
    if (level.first == 0) close(side, order.key);
  }

  void close(Side& side, std::int32_t key) {
    if ((side.bits[key >> 6] &= ~(std::uint64_t{1} << (key & 63))) == 0) {
      side.summary[key >> 12] &= ~(std::uint64_t{1} << ((key >> 6) & 63));
    }
    if (key == side.best) side.best = next(side, key);
  }

  void free(std::uint32_t index) {
    orders_[index].next = free_;
    free_ = index;
    --live_;
  }

  std::int64_t take(Side& side, std::int64_t lots, std::int32_t reach) {
    std::int64_t left = lots;
    while (left > 0 && side.best < window && side.best <= reach) {
      const std::int32_t key = side.best;
      Level& level = side.levels[key];
      std::uint32_t index = level.first;
      while (index != 0) {
        Order& order = orders_[index];
        if (order.lots > left) {
          order.lots -= left;
          level.total -= left;
          level.first = index;
          order.previous = 0;
          return 0;
        }
        left -= order.lots;
        level.total -= order.lots;
        by_id_[order.id] = 0;
        const std::uint32_t next = order.next;
        free(index);
        index = next;
        if (left == 0) break;
      }
      level.first = index;
      if (index == 0) {
        level.last = 0;
        close(side, key);
      } else {
        orders_[index].previous = 0;
      }
    }
    return left;
  }

  std::vector<Order> orders_;
  std::vector<std::uint32_t> by_id_;
  Side sides_[2];
  std::uint32_t free_ = 0;
  std::size_t live_ = 0;
};

}  // namespace bench
