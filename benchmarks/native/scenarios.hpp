// The scenarios, each written once for every list: the same steps in the same order as in
// packages/bench/src/scenarios and src/subjects. What is prepared outside the time there is
// prepared outside the time here.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "clock.hpp"
#include "memory.hpp"
#include "random.hpp"
#include "record.hpp"
#include "subjects.hpp"

namespace bench {

struct Parameters {
  std::int32_t size;
  std::int32_t operations;
  std::uint32_t seed;

  friend bool operator==(const Parameters&, const Parameters&) = default;
};

/// What a scenario found out besides its time.
struct Footprint {
  double live = -1;
  double resident = -1;
};

/// One scenario as one list does it. Lives as long as the parent asks for the same parameters.
class Trial {
 public:
  virtual ~Trial() = default;
  virtual void iterate(Clock& clock, std::uint32_t seed) = 0;
  /// Proof of the work, equal for every subject; computed outside the time.
  virtual std::string check() = 0;
  virtual Footprint footprint() const { return {}; }
};

inline std::string text_of(double sum) {
  char text[64];
  std::snprintf(text, sizeof text, "%.3f", sum);
  return text;
}

template <class List>
void build(List& list, std::int32_t count) {
  for (std::int32_t id = 0; id < count; ++id) list.emplace_back(id, price_of(id));
}

template <class List>
auto build_random(List& list, std::int32_t count, std::uint32_t seed) {
  std::vector<decltype(list.begin())> handles(count);
  Random random(seed);
  for (std::int32_t id = 0; id < count; ++id) {
    list.emplace_back(id, random.below(100000) * 0.125);
    handles[id] = --list.end();
  }
  return handles;
}

template <class List>
auto build_with_handles(List& list, std::int32_t count) {
  std::vector<decltype(list.begin())> handles(count);
  for (std::int32_t id = 0; id < count; ++id) {
    list.emplace_back(id, price_of(id));
    handles[id] = --list.end();
  }
  return handles;
}

template <class List>
double walk(List& list) {
  double sum = 0;
  std::int32_t count = 0;
  for (auto node = list.begin(); node != list.end(); ++node) {
    sum += node->price;
    ++count;
  }
  return sum + count;
}

template <class List>
std::string hash(List& list) {
  std::uint32_t hash = hash_seed;
  for (auto node = list.begin(); node != list.end(); ++node) {
    hash = mix(hash, static_cast<std::uint32_t>(node->id));
    hash = mix(hash, static_cast<std::uint32_t>(static_cast<std::int32_t>(node->price * 8)));
  }
  return std::to_string(hash) + "/" + std::to_string(list.size());
}

template <class List>
double fifo(List& list, std::int32_t operations, std::int32_t first_id) {
  double sum = 0;
  for (std::int32_t i = 0; i < operations; ++i) {
    const std::int32_t id = first_id + i;
    list.emplace_back(id, price_of(id));
    sum += list.front().price;
    list.pop_front();
  }
  return sum;
}

inline bool by_price(const Record& left, const Record& right) { return left.price < right.price; }

/// A new list, n records appended, the list destroyed.
template <class Subject>
class BuildDestroy : public Trial {
 public:
  explicit BuildDestroy(const Parameters& parameters) : size_(parameters.size) {}

  void iterate(Clock& clock, std::uint32_t) override {
    clock.begin();
    {
      auto list = Subject::make();
      build(list, size_);
      clock.mark("build");
      if (list.size() != static_cast<std::size_t>(size_)) std::abort();
    }
    clock.mark("destroy");
  }

  std::string check() override {
    auto list = Subject::make();
    build(list, size_);
    return hash(list);
  }

 private:
  std::int32_t size_;
};

/// A list that is cleared and filled again.
template <class Subject>
class Refill : public Trial {
 public:
  explicit Refill(const Parameters& parameters) : size_(parameters.size) { build(list_, size_); }

  void iterate(Clock& clock, std::uint32_t) override {
    clock.begin();
    list_.clear();
    clock.mark("clear");
    build(list_, size_);
    clock.mark("build");
  }

  std::string check() override { return hash(list_); }

 private:
  std::int32_t size_;
  typename Subject::List list_ = Subject::make();
};

/// Sum of the prices and count of the records of a list.
template <class Subject, bool sorted>
class Walk : public Trial {
 public:
  explicit Walk(const Parameters& parameters) {
    if (sorted) {
      build_random(list_, parameters.size, parameters.seed);
      list_.sort(by_price);
    } else {
      build(list_, parameters.size);
    }
  }

  void iterate(Clock& clock, std::uint32_t) override {
    clock.begin();
    sum_ = walk(list_);
    clock.mark("walk");
  }

  std::string check() override { return text_of(sum_); }

 private:
  typename Subject::List list_ = Subject::make();
  double sum_ = 0;
};

/// A queue of `size` records: push one, look at the oldest, pop it.
template <class Subject>
class Fifo : public Trial {
 public:
  explicit Fifo(const Parameters& parameters) : operations_(parameters.operations), next_id_(parameters.size) {
    build(list_, parameters.size);
  }

  void iterate(Clock& clock, std::uint32_t) override {
    clock.begin();
    sum_ = fifo(list_, operations_, next_id_);
    clock.mark("fifo");
    next_id_ += operations_;
  }

  std::string check() override { return text_of(sum_) + " " + hash(list_); }

 private:
  std::int32_t operations_;
  std::int32_t next_id_;
  double sum_ = 0;
  typename Subject::List list_ = Subject::make();
};

/// The queue again, in short batches of which the longest counts.
template <class Subject>
class Pauses : public Trial {
 public:
  explicit Pauses(const Parameters& parameters) : operations_(parameters.operations), next_id_(parameters.size) {
    build(list_, parameters.size);
  }

  void iterate(Clock& clock, std::uint32_t) override {
    clock.begin();
    for (std::int32_t done = 0; done < operations_; done += batch) {
      const std::int32_t count = std::min(batch, operations_ - done);
      sum_ += fifo(list_, count, next_id_);
      next_id_ += count;
      clock.mark_batch("batches");
    }
  }

  std::string check() override { return text_of(sum_) + " " + hash(list_); }

 private:
  static constexpr std::int32_t batch = 1000;
  std::int32_t operations_;
  std::int32_t next_id_;
  double sum_ = 0;
  typename Subject::List list_ = Subject::make();
};

/// Erases a random live node and inserts a record before another random one.
template <class Subject>
class RandomEraseInsert : public Trial {
 public:
  explicit RandomEraseInsert(const Parameters& parameters)
      : live_(static_cast<std::uint32_t>(parameters.size)), operations_(parameters.operations) {
    handles_ = build_with_handles(list_, parameters.size);
  }

  void iterate(Clock& clock, std::uint32_t seed) override {
    clock.begin();
    Random random(seed);
    for (std::int32_t id = 0; id < operations_; ++id) {
      const std::uint32_t erased = random.below(live_);
      std::uint32_t position = random.below(live_);
      if (position == erased) position = position + 1 == live_ ? 0 : position + 1;
      list_.erase(handles_[erased]);
      handles_[erased] = list_.emplace(handles_[position], id, price_of(id));
    }
    clock.mark("erase and insert");
  }

  std::string check() override { return hash(list_); }

 private:
  std::uint32_t live_;
  std::int32_t operations_;
  typename Subject::List list_ = Subject::make();
  std::vector<decltype(list_.begin())> handles_;
};

/// Touches a random node of a list in the order of use: it moves to the back.
template <class Subject>
class MoveToBack : public Trial {
 public:
  explicit MoveToBack(const Parameters& parameters)
      : live_(static_cast<std::uint32_t>(parameters.size)), operations_(parameters.operations) {
    handles_ = build_with_handles(list_, parameters.size);
  }

  void iterate(Clock& clock, std::uint32_t seed) override {
    clock.begin();
    Random random(seed);
    for (std::int32_t i = 0; i < operations_; ++i) {
      list_.splice(list_.end(), list_, handles_[random.below(live_)]);
    }
    clock.mark("move");
  }

  std::string check() override { return hash(list_); }

 private:
  std::uint32_t live_;
  std::int32_t operations_;
  typename Subject::List list_ = Subject::make();
  std::vector<decltype(list_.begin())> handles_;
};

/// Stable sort by price of a list with random prices; filling is outside the time. Nodes are given back in the order they
/// were made: clearing a sorted list would hand them out in sorted order, and each sort would find a worse mess.
template <class Subject>
class Sort : public Trial {
 public:
  explicit Sort(const Parameters& parameters) : size_(parameters.size) {}

  void iterate(Clock& clock, std::uint32_t seed) override {
    for (const auto node : handles_) list_.erase(node);
    handles_ = build_random(list_, size_, seed);
    clock.begin();
    list_.sort(by_price);
    clock.mark("sort");
  }

  std::string check() override { return hash(list_); }

 private:
  std::int32_t size_;
  typename Subject::List list_ = Subject::make();
  std::vector<decltype(list_.begin())> handles_;
};

/// Memory held for one list in a process that has held none before.
template <class Subject>
class BytesPerNode : public Trial {
 public:
  explicit BytesPerNode(const Parameters& parameters) : size_(parameters.size) {}

  void iterate(Clock& clock, std::uint32_t) override {
    const double live = static_cast<double>(Subject::bytes_in_use());
    const double resident = static_cast<double>(resident_bytes());
    clock.begin();
    build(list_, size_);
    clock.mark("build");
    const double live_now = static_cast<double>(Subject::bytes_in_use());
    if (live_now > 0) footprint_.live = live_now - live;
    footprint_.resident = static_cast<double>(resident_bytes()) - resident;
  }

  std::string check() override { return hash(list_); }
  Footprint footprint() const override { return footprint_; }

 private:
  std::int32_t size_;
  Footprint footprint_;
  typename Subject::List list_ = Subject::make();
};

/// The trial of a scenario; null for one that C++ does not take part in.
template <class Subject>
std::unique_ptr<Trial> make_trial(const std::string& scenario, const Parameters& parameters) {
  if (scenario == "build-destroy" || scenario == "scaling") return std::make_unique<BuildDestroy<Subject>>(parameters);
  if (scenario == "refill") return std::make_unique<Refill<Subject>>(parameters);
  if (scenario == "walk") return std::make_unique<Walk<Subject, false>>(parameters);
  if (scenario == "walk-after-sort") return std::make_unique<Walk<Subject, true>>(parameters);
  if (scenario == "fifo") return std::make_unique<Fifo<Subject>>(parameters);
  if (scenario == "gc-pauses") return std::make_unique<Pauses<Subject>>(parameters);
  if (scenario == "random-erase-insert") return std::make_unique<RandomEraseInsert<Subject>>(parameters);
  if (scenario == "move-to-back") return std::make_unique<MoveToBack<Subject>>(parameters);
  if (scenario == "sort") return std::make_unique<Sort<Subject>>(parameters);
  if (scenario == "bytes-per-node") return std::make_unique<BytesPerNode<Subject>>(parameters);
  return nullptr;
}

}  // namespace bench
