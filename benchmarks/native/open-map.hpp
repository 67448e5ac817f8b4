// An open-addressed hash map over slab memory, as fast as we can make one: the design of FluxHashMap in C++. Nodes come from
// the slab heap and stay where they are; slots of {low word of the key, node} lie under them, eight neighbouring keys to a cache line;
// erasing shifts back. The nodes are linked in the order in which they came.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <new>

#include "record.hpp"
#include "slab-heap.hpp"

namespace bench {

template <class Key>
class OpenMap {
 public:
  OpenMap() { end_.next = end_.previous = &end_; }
  OpenMap(const OpenMap&) = delete;
  OpenMap& operator=(const OpenMap&) = delete;

  ~OpenMap() {
    for (Links* node = end_.next; node != &end_;) {
      Links* next = node->next;
      SlabHeap::of_this_thread().deallocate(node, sizeof(Node));
      node = next;
    }
    std::free(slots_);
  }

  Record* find(Key key) const {
    const std::size_t at = place_of(key);
    return slots_ == nullptr || slots_[at].node == 0 ? nullptr : &node_at(slots_[at].node)->record;
  }

  void emplace(Key key, std::int32_t id, double price) {
    if (count_ >= limit_) grow();
    const std::size_t at = place_of(key);
    if (slots_[at].node != 0) return;
    Node* node = new (SlabHeap::of_this_thread().allocate(sizeof(Node))) Node(key, id, price);
    node->next = &end_;
    node->previous = end_.previous;
    end_.previous->next = node;
    end_.previous = node;
    slots_[at] = Slot{static_cast<std::uint32_t>(key), index_of(node)};
    ++count_;
  }

  bool erase(Key key) {
    std::size_t hole = place_of(key);
    if (slots_ == nullptr || slots_[hole].node == 0) return false;
    Node* node = node_at(slots_[hole].node);
    for (std::size_t at = (hole + 1) & mask_; slots_[at].node != 0; at = (at + 1) & mask_) {
      if (((at - home(slots_[at].low)) & mask_) < ((at - hole) & mask_)) continue;
      slots_[hole] = slots_[at];
      hole = at;
    }
    slots_[hole].node = 0;
    node->next->previous = node->previous;
    node->previous->next = node->next;
    SlabHeap::of_this_thread().deallocate(node, sizeof(Node));
    --count_;
    return true;
  }

  template <class Visit>
  void each(Visit visit) const {
    for (const Links* node = end_.next; node != &end_; node = node->next) visit(static_cast<const Node*>(node)->record);
  }

  std::size_t size() const { return count_; }

 private:
  struct Links {
    Links* next;
    Links* previous;
  };

  struct Node : Links {
    Node(Key node_key, std::int32_t id, double price) : key(node_key), record(id, price) {}
    Key key;
    Record record;
  };

  /// Eight of them fill a cache line. The low word of the key decides where it belongs; a node is an index into the arena.
  struct Slot {
    std::uint32_t low;
    std::uint32_t node;
  };

  static constexpr std::size_t unit = SlabHeap::granularity;

  Node* node_at(std::uint32_t index) const { return reinterpret_cast<Node*>(base_ + (index - 1) * unit); }

  std::uint32_t index_of(const Node* node) const {
    return static_cast<std::uint32_t>((reinterpret_cast<const std::byte*>(node) - base_) / unit) + 1;
  }

  std::size_t home(std::uint32_t low) const {
    return ((static_cast<std::size_t>(((low >> 3) * 0x9e3779b9u) >> shift_) << 3) | (low & 7)) & mask_;
  }

  /// Where a key is, or where it would go.
  std::size_t place_of(Key key) const {
    const auto low = static_cast<std::uint32_t>(key);
    std::size_t at = home(low);
    if (slots_ == nullptr) return 0;
    for (;; at = (at + 1) & mask_) {
      const Slot slot = slots_[at];
      if (slot.node == 0) return at;
      if (slot.low == low && (sizeof(Key) == 4 || node_at(slot.node)->key == key)) return at;
    }
  }

  void grow() {
    const std::size_t slots = slots_ == nullptr ? 128 : (mask_ + 1) * 2;
    Slot* old = slots_;
    const std::size_t old_slots = old == nullptr ? 0 : mask_ + 1;
    slots_ = static_cast<Slot*>(std::calloc(slots, sizeof(Slot)));
    if (slots_ == nullptr) std::abort();
    mask_ = slots - 1;
    shift_ = 32 - (std::countr_zero(slots) - 3);
    limit_ = slots * 5 / 8;
    for (std::size_t at = 0; at < old_slots; ++at) {
      if (old[at].node == 0) continue;
      std::size_t to = home(old[at].low);
      while (slots_[to].node != 0) to = (to + 1) & mask_;
      slots_[to] = old[at];
    }
    std::free(old);
  }

  std::byte* base_ = Arena::instance().begin();
  Slot* slots_ = nullptr;
  std::size_t mask_ = 0;
  int shift_ = 0;
  std::size_t count_ = 0;
  std::size_t limit_ = 0;
  Links end_;
};

}  // namespace bench
