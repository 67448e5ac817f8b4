// The workloads of order books, the same to the last draw as packages/bench/src/book/workload.ts, where they are described.
#pragma once

#include <cstdint>
#include <list>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#include "random.hpp"

namespace bench {

/// What a command does, and to which order.
struct BookCommand {
  enum What : std::int32_t { limit = 0, cancel = 1, market = 2, replace = 3 };
  std::int32_t what_and_side;
  std::int32_t id;
  std::int32_t ticks;
  std::int32_t lots;

  int what() const { return what_and_side & 255; }
  int side() const { return what_and_side >> 8; }
};

struct BookWorkload {
  std::vector<BookCommand> fill;
  std::vector<BookCommand> run;
  std::size_t ids = 0;
};

/// Which orders are in the book: matching by price, then time. Serves the generator alone.
class ReferenceMatching {
 public:
  explicit ReferenceMatching(std::size_t ids) : orders_(ids) {}

  std::vector<std::int32_t> live;

  int side_of(std::int32_t id) const { return orders_[id].side; }

  std::int32_t best_or_0(int side) const {
    if (levels_[side].empty()) return 0;
    const std::int64_t key = levels_[side].begin()->first;
    return static_cast<std::int32_t>(side == 0 ? -key : key);
  }

  void submit(std::int32_t id, int side, std::int32_t ticks, std::int32_t lots) {
    const std::int32_t left = take(1 - side, key_of(ticks, 1 - side), lots);
    if (left == 0) return;
    auto& queue = levels_[side][key_of(ticks, side)];
    queue.push_back(id);
    orders_[id] = {side, ticks, left, static_cast<std::int32_t>(live.size()), --queue.end()};
    live.push_back(id);
  }

  void market(int side, std::int32_t lots) { take(1 - side, INT64_MAX, lots); }

  void replace(std::int32_t id, std::int32_t ticks, std::int32_t lots) {
    auto& order = orders_[id];
    if (ticks == order.ticks && lots <= order.lots) {
      order.lots = lots;
      return;
    }
    const int side = order.side;
    end(id);
    submit(id, side, ticks, lots);
  }

  void end(std::int32_t id) {
    auto& order = orders_[id];
    const auto level = levels_[order.side].find(key_of(order.ticks, order.side));
    level->second.erase(order.place_in_queue);
    if (level->second.empty()) levels_[order.side].erase(level);
    const std::int32_t last = live.back();
    live.pop_back();
    if (last != id) {
      live[order.place] = last;
      orders_[last].place = order.place;
    }
  }

 private:
  struct Order {
    int side;
    std::int32_t ticks;
    std::int32_t lots;
    std::int32_t place;
    std::list<std::int32_t>::iterator place_in_queue;
  };

  static std::int64_t key_of(std::int32_t ticks, int side) {
    return side == 0 ? -static_cast<std::int64_t>(ticks) : ticks;
  }

  std::int32_t take(int from, std::int64_t reach, std::int32_t lots) {
    std::int32_t left = lots;
    while (left > 0 && !levels_[from].empty() && levels_[from].begin()->first <= reach) {
      const std::int32_t id = levels_[from].begin()->second.front();
      const std::int32_t traded = std::min(left, orders_[id].lots);
      left -= traded;
      orders_[id].lots -= traded;
      if (orders_[id].lots == 0) end(id);
    }
    return left;
  }

  std::vector<Order> orders_;
  std::map<std::int64_t, std::list<std::int32_t>> levels_[2];
};

class BookGenerator {
 public:
  BookGenerator(const std::string& name, std::uint32_t seed, std::size_t live, std::size_t operations)
      : name_(name), random_(seed), live_(live), operations_(operations), book_(live * 2 + operations + 2) {
    if (name == "thin") width_ = 25;
    else if (name == "mix" || name == "sweep") width_ = 1000;
    else if (name == "deep") width_ = 20000;
    else if (name != "sparse") throw std::runtime_error("unknown workload " + name);
  }

  BookWorkload make() {
    BookWorkload workload;
    out_ = &workload.fill;
    workload.fill.reserve(live_);
    for (std::size_t made = 0; made < live_; ++made) order(name_ == "sweep" ? 1000 : 0);
    out_ = &workload.run;
    workload.run.reserve(operations_);
    if (name_ == "sweep") {
      sweep();
    } else if (name_ == "sparse") {
      sparse();
    } else {
      for (std::size_t made = 0; made < operations_; ++made) mixed();
    }
    workload.ids = static_cast<std::size_t>(next_id_);
    return workload;
  }

 private:
  int below(std::uint32_t limit) { return static_cast<int>(random_.below(limit)); }

  void write(BookCommand::What what, int side, std::int32_t id, std::int32_t ticks, std::int32_t lots) {
    out_->push_back({what | (side << 8), id, ticks, lots});
  }

  std::int32_t offset() {
    if (name_ != "sparse") return 1 + below(width_);
    const std::int32_t high = below(32768);
    return 1 + high * 65535 + below(65535);
  }

  void limit(int side, std::int32_t ticks, std::int32_t lots) {
    const std::int32_t id = next_id_++;
    write(BookCommand::limit, side, id, ticks, lots);
    book_.submit(id, side, ticks, lots);
  }

  void market(int side, std::int32_t lots) {
    const std::int32_t id = next_id_++;
    write(BookCommand::market, side, id, 0, lots);
    book_.market(side, lots);
  }

  void order(std::int32_t from) {
    const int side = below(2);
    const std::int32_t away = from + offset();
    limit(side, side == 0 ? -away : away, 1 + below(100));
  }

  std::int32_t any_live() { return book_.live[below(static_cast<std::uint32_t>(book_.live.size()))]; }

  void cancel() {
    const std::int32_t id = any_live();
    write(BookCommand::cancel, 0, id, 0, 0);
    book_.end(id);
  }

  void replace() {
    const std::int32_t id = any_live();
    const int side = book_.side_of(id);
    const std::int32_t away = offset();
    const std::int32_t lots = 1 + below(100);
    const std::int32_t ticks = side == 0 ? -away : away;
    write(BookCommand::replace, side, id, ticks, lots);
    book_.replace(id, ticks, lots);
  }

  void mixed() {
    const int p = below(1000);
    if (p < (book_.live.size() < live_ ? 520 : 440) || ((p < 900 || p >= 950) && book_.live.empty())) {
      order(0);
    } else if (p < 900) {
      cancel();
    } else if (p < 925) {
      const int side = below(2);
      market(side, 1 + below(200));
    } else if (p < 950) {
      const int side = below(2);
      const std::int32_t lots = 1 + below(200);
      limit(side, book_.best_or_0(1 - side), lots);
    } else {
      replace();
    }
  }

  void sweep() {
    int side = 1;
    std::int32_t sum = 0;
    std::size_t resting = 0;
    for (std::size_t made = 0; made < operations_; ++made) {
      if (resting < 45) {
        const std::int32_t away = 1 + below(10);
        const std::int32_t lots = 1 + below(100);
        limit(side, side == 0 ? -away : away, lots);
        sum += lots;
        ++resting;
      } else {
        market(1 - side, sum);
        side = 1 - side;
        sum = 0;
        resting = 0;
      }
    }
  }

  void sparse() {
    for (std::size_t made = 0; made < operations_; ++made) {
      if (made + 200 >= operations_) {
        const int side = below(2);
        market(side, 1 + below(200));
      } else if (below(1000) < 500 || book_.live.empty()) {
        order(0);
      } else {
        cancel();
      }
    }
  }

  std::string name_;
  Random random_;
  std::size_t live_;
  std::size_t operations_;
  std::uint32_t width_ = 0;
  ReferenceMatching book_;
  std::vector<BookCommand>* out_ = nullptr;
  std::int32_t next_id_ = 1;
};

}  // namespace bench
