// The scenarios of queues, as packages/bench/src/scenarios/queue.ts has them: std::queue on each container.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <deque>
#include <list>
#include <memory>
#include <queue>
#include <string>

#include "clock.hpp"
#include "record.hpp"
#include "scenarios.hpp"
#include "slab-allocator.hpp"

namespace bench {

/// What the scenarios share: a queue of `size` records, and what becomes of it.
template <class Container>
class QueueTrial : public Trial {
 public:
  using Queue = std::queue<Record, Container>;

  explicit QueueTrial(const Parameters& parameters)
      : size_(parameters.size), operations_(parameters.operations), next_id_(parameters.size) {}

  std::string check() override {
    // A queue cannot be walked: each record goes round once.
    std::uint32_t hash = hash_seed;
    for (std::size_t left = queue_.size(); left > 0; --left) {
      const Record record = queue_.front();
      queue_.pop();
      hash = mix(hash, static_cast<std::uint32_t>(record.id));
      hash = mix(hash, static_cast<std::uint32_t>(static_cast<std::int32_t>(record.price * 8)));
      queue_.push(record);
    }
    return text_of(sum_) + " " + std::to_string(hash) + "/" + std::to_string(queue_.size());
  }

 protected:
  void fill(std::int32_t count, std::int32_t first_id) {
    for (std::int32_t i = 0; i < count; ++i) queue_.emplace(first_id + i, price_of(first_id + i));
  }

  double churn(std::int32_t count) {
    double sum = 0;
    for (std::int32_t i = 0; i < count; ++i) {
      const std::int32_t id = next_id_ + i;
      queue_.emplace(id, price_of(id));
      sum += queue_.front().price;
      queue_.pop();
    }
    next_id_ += count;
    return sum;
  }

  double drain() {
    double sum = 0;
    for (; !queue_.empty(); queue_.pop()) sum += queue_.front().price;
    return sum;
  }

  std::int32_t size_;
  std::int32_t operations_;
  std::int32_t next_id_;
  double sum_ = 0;
  Queue queue_;
};

/// A queue of `size` records: push one, look at the oldest, pop it.
template <class Container>
class QueueFifo : public QueueTrial<Container> {
 public:
  explicit QueueFifo(const Parameters& parameters) : QueueTrial<Container>(parameters) { this->fill(this->size_, 0); }

  void iterate(Clock& clock, std::uint32_t) override {
    clock.begin();
    this->sum_ = this->churn(this->operations_);
    clock.mark("fifo");
  }
};

/// The same in short batches of which the longest counts.
template <class Container>
class QueuePauses : public QueueTrial<Container> {
 public:
  explicit QueuePauses(const Parameters& parameters) : QueueTrial<Container>(parameters) { this->fill(this->size_, 0); }

  void iterate(Clock& clock, std::uint32_t) override {
    constexpr std::int32_t batch = 1000;
    clock.begin();
    for (std::int32_t done = 0; done < this->operations_; done += batch) {
      this->sum_ += this->churn(std::min(batch, this->operations_ - done));
      clock.mark_batch("batches");
    }
  }
};

/// A queue that is filled and drained, again and again.
template <class Container>
class QueueBurst : public QueueTrial<Container> {
 public:
  explicit QueueBurst(const Parameters& parameters) : QueueTrial<Container>(parameters) {}

  void iterate(Clock& clock, std::uint32_t) override {
    clock.begin();
    for (std::int32_t done = 0; done < this->operations_; done += this->size_) {
      this->fill(this->size_, done);
      clock.mark("fill");
      this->sum_ = this->drain();
      clock.mark("drain");
    }
  }
};

/// The trial of a scenario of queues; null for another.
template <class Container>
std::unique_ptr<Trial> make_queue_trial(const std::string& scenario, const Parameters& parameters) {
  if (scenario == "queue-fifo") return std::make_unique<QueueFifo<Container>>(parameters);
  if (scenario == "queue-burst") return std::make_unique<QueueBurst<Container>>(parameters);
  if (scenario == "queue-pauses") return std::make_unique<QueuePauses<Container>>(parameters);
  return nullptr;
}

}  // namespace bench
