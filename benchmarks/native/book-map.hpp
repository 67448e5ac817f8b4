// The order book of the textbooks: a std::map of prices, a std::list of orders each, a std::unordered_map of ids.
#pragma once

#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <unordered_map>

namespace bench {

class MapBook {
 public:
  static constexpr bool any_price = true;

  explicit MapBook(std::size_t) {}

  /// Each call returns the lots that it traded.
  std::int64_t limit(std::uint64_t id, int side, std::int32_t ticks, std::int64_t lots) {
    std::int64_t left = side == 0 ? take(asks_, lots, [ticks](std::int32_t price) { return price <= ticks; })
                                  : take(bids_, lots, [ticks](std::int32_t price) { return price >= ticks; });
    if (left > 0) rest(id, side, ticks, left);
    return lots - left;
  }

  std::int64_t market(int side, std::int64_t lots) {
    const auto any = [](std::int32_t) { return true; };
    return lots - (side == 0 ? take(asks_, lots, any) : take(bids_, lots, any));
  }

  void cancel(std::uint64_t id) {
    const auto found = orders_.find(id);
    if (found == orders_.end()) return;
    remove(found->second);
    orders_.erase(found);
  }

  std::int64_t replace(std::uint64_t id, std::int32_t ticks, std::int64_t lots) {
    const auto found = orders_.find(id);
    if (found == orders_.end()) return 0;
    Order& order = *found->second;
    if (ticks == order.ticks && lots <= order.lots) {
      order.level->total += lots - order.lots;
      order.lots = lots;
      return 0;
    }
    const int side = order.side;
    remove(found->second);
    orders_.erase(found);
    return limit(id, side, ticks, lots);
  }

  std::size_t live() const { return orders_.size(); }

  template <class Visit>
  void for_each_level(Visit visit) const {
    for (const auto& [price, level] : bids_) visit(price, level.total);
    for (const auto& [price, level] : asks_) visit(price, level.total);
  }

 private:
  struct Order;
  struct Level {
    std::list<Order> orders;
    std::int64_t total = 0;
  };
  struct Order {
    std::uint64_t id;
    std::int64_t lots;
    std::int32_t ticks;
    int side;
    Level* level;
  };
  using Place = std::list<Order>::iterator;

  void rest(std::uint64_t id, int side, std::int32_t ticks, std::int64_t lots) {
    Level& level = side == 0 ? bids_[ticks] : asks_[ticks];
    level.orders.push_back({id, lots, ticks, side, &level});
    level.total += lots;
    orders_.emplace(id, --level.orders.end());
  }

  void remove(Place place) {
    Level& level = *place->level;
    if (level.orders.size() == 1) {
      if (place->side == 0) bids_.erase(place->ticks);
      else asks_.erase(place->ticks);
      return;
    }
    level.total -= place->lots;
    level.orders.erase(place);
  }

  template <class Levels, class Reaches>
  std::int64_t take(Levels& levels, std::int64_t lots, Reaches reaches) {
    std::int64_t left = lots;
    while (left > 0 && !levels.empty() && reaches(levels.begin()->first)) {
      Level& level = levels.begin()->second;
      while (left > 0 && !level.orders.empty()) {
        Order& order = level.orders.front();
        if (order.lots > left) {
          order.lots -= left;
          level.total -= left;
          return 0;
        }
        left -= order.lots;
        level.total -= order.lots;
        orders_.erase(order.id);
        level.orders.pop_front();
      }
      if (level.orders.empty()) levels.erase(levels.begin());
    }
    return left;
  }

  std::map<std::int32_t, Level, std::greater<>> bids_;
  std::map<std::int32_t, Level> asks_;
  std::unordered_map<std::uint64_t, Place> orders_;
};

}  // namespace bench
