// A doubly linked list whose links live in the record's own node, on the slab heap.
// It has the members of std::list that the scenarios use, so that one text measures both.
#pragma once

#include <cstddef>
#include <cstdint>

#include "record.hpp"
#include "slab-heap.hpp"

namespace bench {

class IntrusiveList {
  struct Links {
    Links* previous;
    Links* next;
  };
  struct Node : Links, Record {
    Node(std::int32_t id, double price) : Links{nullptr, nullptr}, Record(id, price) {}
  };

 public:
  class iterator {
   public:
    iterator() = default;
    explicit iterator(Links* links) : links_(links) {}
    Record& operator*() const { return *static_cast<Node*>(links_); }
    Record* operator->() const { return static_cast<Node*>(links_); }
    iterator& operator++() {
      links_ = links_->next;
      return *this;
    }
    iterator& operator--() {
      links_ = links_->previous;
      return *this;
    }
    friend bool operator==(iterator left, iterator right) { return left.links_ == right.links_; }

   private:
    friend class IntrusiveList;
    Links* links_ = nullptr;
  };

  IntrusiveList() = default;
  IntrusiveList(const IntrusiveList&) = delete;
  IntrusiveList& operator=(const IntrusiveList&) = delete;
  ~IntrusiveList() { clear(); }

  iterator begin() { return iterator(end_.next); }
  iterator end() { return iterator(&end_); }
  std::size_t size() const { return size_; }
  Record& front() { return *begin(); }
  Record& back() { return *iterator(end_.previous); }

  iterator emplace(iterator position, std::int32_t id, double price) {
    Node* node = new (SlabHeap::of_this_thread().allocate(sizeof(Node))) Node(id, price);
    link_before(position.links_, node);
    ++size_;
    return iterator(node);
  }

  void emplace_back(std::int32_t id, double price) { emplace(end(), id, price); }

  iterator erase(iterator position) {
    Links* next = position.links_->next;
    unlink(position.links_);
    release(position.links_);
    --size_;
    return iterator(next);
  }

  void pop_front() { erase(begin()); }

  void clear() {
    for (Links* links = end_.next; links != &end_;) {
      Links* next = links->next;
      release(links);
      links = next;
    }
    end_ = {&end_, &end_};
    size_ = 0;
  }

  /// Moves one node of this list; O(1), nothing is allocated.
  void splice(iterator position, IntrusiveList&, iterator moved) {
    if (position == moved) return;
    unlink(moved.links_);
    link_before(position.links_, moved.links_);
  }

  /// Stable merge sort from the bottom up: runs of 2^i nodes wait in slot i, as in the SGI list.
  template <class Less>
  void sort(Less less) {
    if (size_ < 2) return;
    constexpr int slots = 48;
    Links* waiting[slots] = {};
    end_.previous->next = nullptr;
    for (Links* links = end_.next; links != nullptr;) {
      Links* run = links;
      links = links->next;
      run->next = nullptr;
      int slot = 0;
      for (; waiting[slot] != nullptr; ++slot) {
        run = merge(waiting[slot], run, less);
        waiting[slot] = nullptr;
      }
      waiting[slot] = run;
    }
    Links* sorted = nullptr;
    for (Links* run : waiting) {
      if (run != nullptr) sorted = sorted == nullptr ? run : merge(run, sorted, less);
    }
    relink(sorted);
  }

 private:
  static void link_before(Links* position, Links* links) {
    links->previous = position->previous;
    links->next = position;
    position->previous->next = links;
    position->previous = links;
  }

  static void unlink(Links* links) {
    links->previous->next = links->next;
    links->next->previous = links->previous;
  }

  static void release(Links* links) {
    SlabHeap::of_this_thread().deallocate(static_cast<Node*>(links), sizeof(Node));
  }

  // Everything in `earlier` stood before everything in `later`: ties go to `earlier`.
  template <class Less>
  static Links* merge(Links* earlier, Links* later, Less less) {
    Links head{nullptr, nullptr};
    Links* tail = &head;
    while (earlier != nullptr && later != nullptr) {
      Links*& taken = less(*static_cast<Node*>(later), *static_cast<Node*>(earlier)) ? later : earlier;
      tail->next = taken;
      tail = taken;
      taken = taken->next;
    }
    tail->next = earlier != nullptr ? earlier : later;
    return head.next;
  }

  void relink(Links* first) {
    Links* previous = &end_;
    for (Links* links = first; links != nullptr; links = links->next) {
      previous->next = links;
      links->previous = previous;
      previous = links;
    }
    previous->next = &end_;
    end_.previous = previous;
  }

  Links end_{&end_, &end_};
  std::size_t size_ = 0;
};

}  // namespace bench
