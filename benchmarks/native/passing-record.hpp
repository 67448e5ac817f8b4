// The records that pass between threads, as packages/bench/src/passing/records.ts has them.
#pragma once

#include <cstdint>

#include "record.hpp"

namespace bench {

inline std::uint32_t quantity_of(std::uint32_t id) { return id & 1023; }
inline double cost_of(std::uint32_t id) { return price_of(static_cast<std::int32_t>(id)) + 1; }

/// 16 bytes.
struct ShortRecord {
  std::uint32_t id;
  std::uint32_t quantity;
  double price;

  ShortRecord() = default;
  explicit ShortRecord(std::uint32_t record_id)
      : id(record_id), quantity(quantity_of(record_id)), price(price_of(static_cast<std::int32_t>(record_id))) {}

  double sum() const { return quantity + price; }
};

/// 32 bytes.
struct LongRecord {
  std::uint32_t id;
  std::uint32_t quantity;
  double price;
  double cost;
  double time;

  LongRecord() = default;
  explicit LongRecord(std::uint32_t record_id)
      : id(record_id),
        quantity(quantity_of(record_id)),
        price(price_of(static_cast<std::int32_t>(record_id))),
        cost(cost_of(record_id)),
        time(cost_of(record_id)) {}

  double sum() const { return quantity + price + (cost + time); }
};

static_assert(sizeof(ShortRecord) == 16 && sizeof(LongRecord) == 32);

}  // namespace bench
