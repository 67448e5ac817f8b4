// The record of every benchmark, and the two functions that both languages must agree on.
#pragma once

#include <cstdint>

namespace bench {

/// {id: i32, price: f64}: 16 bytes with C's alignment.
struct Record {
  std::int32_t id;
  double price;

  Record(std::int32_t record_id, double record_price) : id(record_id), price(record_price) {}
};

/// The price of a record that is appended in order. A multiple of 1/8 and never a whole number:
/// sums are exact in a double whatever their order, and no engine can store the field as an integer.
inline double price_of(std::int32_t id) { return id * 0.25 + 0.125; }

/// One step of an order-sensitive FNV-1a hash over 32-bit words.
inline std::uint32_t mix(std::uint32_t hash, std::uint32_t word) { return (hash ^ word) * 0x01000193u; }

/// The hash of a list starts here.
inline constexpr std::uint32_t hash_seed = 0x811c9dc5u;

}  // namespace bench
