// The heap-* scenarios: malloc and free, in the same steps as packages/bench/src/scenarios/heap.ts.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "random.hpp"
#include "scenarios.hpp"

namespace bench {

/// Writes the number of a block where its first word is; a compiler must not see that nobody else reads it.
inline void* take_block(std::size_t bytes, std::int32_t id) {
  void* block = std::malloc(bytes);
  *static_cast<volatile std::int32_t*>(block) = id;
  return block;
}

/// Gives a block back, and returns what was written into it.
inline std::uint32_t give_block(void* block) {
  const auto id = static_cast<std::uint32_t>(*static_cast<volatile std::int32_t*>(block));
  std::free(block);
  return id;
}

class HeapTrial : public Trial {
 public:
  HeapTrial(std::string scenario, const Parameters& parameters)
      : scenario_(std::move(scenario)), parameters_(parameters), blocks_(static_cast<std::size_t>(parameters.size)) {
    if (is_churn()) fill();
  }

  ~HeapTrial() override {
    if (is_churn()) for (void* block : blocks_) std::free(block);
  }

  void iterate(Clock& clock, std::uint32_t seed) override {
    // Of 32 bits, as in JavaScript, where a larger one would be a double.
    std::uint32_t sum = 0;
    if (scenario_ == "heap-pairs") {
      clock.begin();
      for (std::int32_t id = 0; id < parameters_.operations; ++id) sum += give_block(take_block(32, id));
      clock.mark("pairs");
    } else if (is_churn()) {
      const bool mixed = scenario_ == "heap-mixed";
      const std::uint32_t least = mixed ? 16 : 32;
      const std::uint32_t spread = mixed ? 1000 : 1;
      Random random(seed);
      clock.begin();
      for (std::int32_t id = 0; id < parameters_.operations; ++id) {
        void*& block = blocks_[random.below(static_cast<std::uint32_t>(blocks_.size()))];
        sum += give_block(block);
        block = take_block(least + random.below(spread), id);
      }
      clock.mark("give back and take");
    } else if (scenario_ == "heap-latency") {
      clock.begin();
      for (std::size_t begin = 0; begin < blocks_.size(); begin += kBatch) {
        // Numbered from 0 in each batch, as by a caller that knows of no other.
        const std::size_t end = std::min(begin + kBatch, blocks_.size());
        for (std::size_t at = begin; at < end; ++at) blocks_[at] = take_block(32, static_cast<std::int32_t>(at - begin));
        clock.mark_each_batch("take");
      }
      shuffle(seed);
      for (void* block : blocks_) sum += give_block(block);
    } else {
      clock.begin();
      fill();
      clock.mark("take");
      const bool scrambled = scenario_ == "heap-scrambled";
      if (scrambled) shuffle(seed);
      clock.begin();
      if (scrambled) {
        for (void* block : blocks_) sum += give_block(block);
      } else {
        for (std::size_t at = blocks_.size(); at > 0; --at) sum += give_block(blocks_[at - 1]);
      }
      clock.mark("give back");
    }
    sum_ = static_cast<std::int32_t>(sum);
  }

  std::string check() override { return std::to_string(sum_); }

 private:
  /// Blocks per timed batch.
  static constexpr std::size_t kBatch = 64;

  bool is_churn() const { return scenario_ == "heap-churn" || scenario_ == "heap-mixed"; }

  void fill() {
    for (std::size_t id = 0; id < blocks_.size(); ++id) blocks_[id] = take_block(32, static_cast<std::int32_t>(id));
  }

  /// Fisher and Yates.
  void shuffle(std::uint32_t seed) {
    Random random(seed);
    for (std::size_t at = blocks_.size() - 1; at > 0; --at)
      std::swap(blocks_[at], blocks_[random.below(static_cast<std::uint32_t>(at + 1))]);
  }

  std::string scenario_;
  Parameters parameters_;
  std::vector<void*> blocks_;
  std::int32_t sum_ = 0;
};

inline std::unique_ptr<Trial> make_heap_trial(const std::string& scenario, const Parameters& parameters) {
  if (scenario.rfind("heap-", 0) != 0) return nullptr;
  return std::make_unique<HeapTrial>(scenario, parameters);
}

}  // namespace bench
