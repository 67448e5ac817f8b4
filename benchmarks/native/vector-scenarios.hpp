// The vector-* scenarios: std::vector, in the same steps as packages/bench/src/scenarios/vector.ts.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "random.hpp"
#include "record.hpp"
#include "scenarios.hpp"

namespace bench {

class VectorTrial : public Trial {
 public:
  VectorTrial(std::string scenario, const Parameters& parameters) : scenario_(std::move(scenario)), parameters_(parameters) {
    if (scenario_ == "vector-iterate" || scenario_ == "vector-random") build(records_, parameters_.size);
  }

  void iterate(Clock& clock, std::uint32_t seed) override {
    if (scenario_ == "vector-build") {
      clock.begin();
      auto records = std::make_unique<std::vector<Record>>();
      build(*records, parameters_.size);
      clock.mark("build");
      check_ = hash(*records);
      clock.begin();
      records.reset();
      clock.mark("destroy");
    } else if (scenario_ == "vector-iterate") {
      double sum = 0;
      clock.begin();
      for (const Record& record : records_) sum += record.price;
      clock.mark("iterate");
      check_ = text_of(sum);
    } else if (scenario_ == "vector-random") {
      Random random(seed);
      double sum = 0;
      clock.begin();
      for (std::int32_t i = 0; i < parameters_.operations; ++i)
        sum += records_[random.below(static_cast<std::uint32_t>(records_.size()))].price;
      clock.mark("read");
      check_ = text_of(sum);
    } else {
      std::vector<Record> records;
      Random random(seed);
      for (std::int32_t id = 0; id < parameters_.size; ++id) records.emplace_back(id, random.below(100000) * 0.125);
      clock.begin();
      std::stable_sort(records.begin(), records.end(),
                       [](const Record& left, const Record& right) { return left.price < right.price; });
      clock.mark("sort");
      check_ = hash(records);
    }
  }

  std::string check() override { return check_; }

 private:
  static std::string hash(const std::vector<Record>& records) {
    std::uint32_t hash = hash_seed;
    for (const Record& record : records) {
      hash = mix(hash, static_cast<std::uint32_t>(record.id));
      hash = mix(hash, static_cast<std::uint32_t>(static_cast<std::int32_t>(record.price * 8)));
    }
    return std::to_string(hash) + "/" + std::to_string(records.size());
  }

  std::string scenario_;
  Parameters parameters_;
  std::vector<Record> records_;
  std::string check_;
};

inline std::unique_ptr<Trial> make_vector_trial(const std::string& scenario, const Parameters& parameters) {
  if (scenario.rfind("vector-", 0) != 0) return nullptr;
  return std::make_unique<VectorTrial>(scenario, parameters);
}

}  // namespace bench
