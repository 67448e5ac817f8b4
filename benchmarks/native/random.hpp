// xorshift32, the same sequence as packages/bench/src/scenarios/random.ts.
#pragma once

#include <cstdint>

namespace bench {

class Random {
 public:
  explicit Random(std::uint32_t seed) : state_(seed * 2654435761u | 1u) {}

  /// A number in [0, limit). The low byte is dropped so that JavaScript stays within small integers.
  std::uint32_t below(std::uint32_t limit) {
    state_ ^= state_ << 13;
    state_ ^= state_ >> 17;
    state_ ^= state_ << 5;
    return (state_ >> 8) % limit;
  }

 private:
  std::uint32_t state_;
};

}  // namespace bench
