// The scenarios of maps, each written once for every map: the same steps in the same order as in
// packages/bench/src/scenarios/map-*.ts and src/subjects/map-*.ts.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "clock.hpp"
#include "open-map.hpp"
#include "random.hpp"
#include "record.hpp"
#include "scenarios.hpp"
#include "slab-allocator.hpp"

namespace bench {

/// The key of the record number `ordinal`: in order, or scattered by a bijection of 30 bits.
template <bool scattered>
inline std::uint32_t key_of(std::uint32_t ordinal) {
  if (!scattered) return ordinal + 1;
  constexpr std::uint32_t mask = (1u << 30) - 1;
  std::uint32_t key = (ordinal * 0x2c1b3c6du) & mask;
  key ^= key >> 15;
  key = (key * 0x297a2d39u) & mask;
  return key ^ (key >> 15);
}

/// Keys of 64 bits lie beyond those of 32.
template <class Key>
inline Key widen(std::uint32_t key) {
  if constexpr (sizeof(Key) == 8) return (Key{1} << 40) + key;
  else return key;
}

/// std::unordered_map with the calls of OpenMap.
template <class Key, class Allocator>
class StdMap {
 public:
  Record* find(Key key) {
    const auto found = map_.find(key);
    return found == map_.end() ? nullptr : &found->second;
  }
  void emplace(Key key, std::int32_t id, double price) { map_.try_emplace(key, Record{id, price}); }
  bool erase(Key key) { return map_.erase(key) != 0; }
  template <class Visit>
  void each(Visit visit) const {
    for (const auto& entry : map_) visit(entry.second);
  }
  std::size_t size() const { return map_.size(); }

 private:
  std::unordered_map<Key, Record, std::hash<Key>, std::equal_to<Key>, Allocator> map_;
};

template <class Key>
struct MallocMap {
  using KeyType = Key;
  using Map = StdMap<Key, std::allocator<std::pair<const Key, Record>>>;
};

template <class Key>
struct SlabMap {
  using KeyType = Key;
  using Map = StdMap<Key, SlabAllocator<std::pair<const Key, Record>>>;
};

template <class Key>
struct OpenSlabMap {
  using KeyType = Key;
  using Map = OpenMap<Key>;
};

template <class Subject, bool scattered>
class MapTrial : public Trial {
 protected:
  using Key = typename Subject::KeyType;
  using Map = typename Subject::Map;

  explicit MapTrial(const Parameters& parameters) : size_(parameters.size), operations_(parameters.operations) {}

  static Key key_at(std::int32_t ordinal) { return widen<Key>(key_of<scattered>(static_cast<std::uint32_t>(ordinal))); }

  void fill(Map& map) const {
    for (std::int32_t id = 0; id < size_; ++id) map.emplace(key_at(id), id, price_of(id));
  }

  /// Sums of what each record hashes to, whatever their order.
  static std::string digest(const Map& map) {
    std::uint32_t sum = 0;
    map.each([&](const Record& record) {
      sum += mix(mix(hash_seed, static_cast<std::uint32_t>(record.id)),
                 static_cast<std::uint32_t>(static_cast<std::int32_t>(record.price * 8)));
    });
    return std::to_string(sum) + "/" + std::to_string(map.size());
  }

  std::int32_t size_;
  std::int32_t operations_;
};

template <class Subject, bool scattered>
class MapBuild : public MapTrial<Subject, scattered> {
 public:
  explicit MapBuild(const Parameters& parameters) : MapTrial<Subject, scattered>(parameters) {}

  void iterate(Clock& clock, std::uint32_t) override {
    map_.reset();
    clock.begin();
    map_ = std::make_unique<typename Subject::Map>();
    this->fill(*map_);
    clock.mark("build");
    last_ = this->digest(*map_);
    clock.begin();
    map_.reset();
    clock.mark("destroy");
  }

  std::string check() override { return last_; }

 private:
  std::unique_ptr<typename Subject::Map> map_;
  std::string last_;
};

template <class Subject, bool scattered>
class MapHit : public MapTrial<Subject, scattered> {
 public:
  explicit MapHit(const Parameters& parameters) : MapTrial<Subject, scattered>(parameters) { this->fill(map_); }

  void iterate(Clock& clock, std::uint32_t seed) override {
    Random random(seed);
    double sum = 0;
    clock.begin();
    for (std::int32_t i = 0; i < this->operations_; ++i) {
      const auto* record = map_.find(this->key_at(static_cast<std::int32_t>(random.below(this->size_))));
      if (record != nullptr) sum += record->price;
    }
    clock.mark("look up");
    sum_ = sum;
  }

  std::string check() override { return text_of(sum_); }

 private:
  typename Subject::Map map_;
  double sum_ = 0;
};

template <class Subject, bool scattered>
class MapMiss : public MapTrial<Subject, scattered> {
 public:
  explicit MapMiss(const Parameters& parameters) : MapTrial<Subject, scattered>(parameters) { this->fill(map_); }

  void iterate(Clock& clock, std::uint32_t seed) override {
    Random random(seed);
    std::int32_t found = 0;
    clock.begin();
    for (std::int32_t i = 0; i < this->operations_; ++i) {
      const auto ordinal = this->size_ + static_cast<std::int32_t>(random.below(this->size_ * 4));
      if (map_.find(this->key_at(ordinal)) != nullptr) ++found;
    }
    clock.mark("look up");
    found_ = found;
  }

  std::string check() override { return std::to_string(found_); }

 private:
  typename Subject::Map map_;
  std::int32_t found_ = 0;
};

template <class Subject, bool scattered>
class MapChurn : public MapTrial<Subject, scattered> {
 public:
  explicit MapChurn(const Parameters& parameters)
      : MapTrial<Subject, scattered>(parameters), live_(parameters.size), next_(parameters.size) {
    this->fill(map_);
    for (std::int32_t id = 0; id < this->size_; ++id) live_[id] = id;
  }

  void iterate(Clock& clock, std::uint32_t seed) override {
    Random random(seed);
    clock.begin();
    for (std::int32_t i = 0; i < this->operations_; ++i) {
      std::int32_t& place = live_[random.below(this->size_)];
      map_.erase(this->key_at(place));
      place = next_++;
      map_.emplace(this->key_at(place), place, price_of(place));
    }
    clock.mark("erase and insert");
  }

  std::string check() override { return this->digest(map_); }

 private:
  typename Subject::Map map_;
  std::vector<std::int32_t> live_;
  std::int32_t next_;
};

template <class Subject>
class MapIterate : public MapTrial<Subject, false> {
 public:
  explicit MapIterate(const Parameters& parameters) : MapTrial<Subject, false>(parameters) { this->fill(map_); }

  void iterate(Clock& clock, std::uint32_t) override {
    double sum = 0;
    clock.begin();
    map_.each([&](const Record& record) { sum += record.price; });
    clock.mark("iterate");
    sum_ = sum;
  }

  std::string check() override { return text_of(sum_); }

 private:
  typename Subject::Map map_;
  double sum_ = 0;
};

template <class Subject>
std::unique_ptr<Trial> make_map_trial(const std::string& scenario, const Parameters& parameters) {
  if (scenario == "map-build") return std::make_unique<MapBuild<Subject, false>>(parameters);
  if (scenario == "map-build-scattered") return std::make_unique<MapBuild<Subject, true>>(parameters);
  if (scenario == "map-hit") return std::make_unique<MapHit<Subject, false>>(parameters);
  if (scenario == "map-hit-scattered") return std::make_unique<MapHit<Subject, true>>(parameters);
  if (scenario == "map-miss") return std::make_unique<MapMiss<Subject, false>>(parameters);
  if (scenario == "map-miss-scattered") return std::make_unique<MapMiss<Subject, true>>(parameters);
  if (scenario == "map-churn") return std::make_unique<MapChurn<Subject, false>>(parameters);
  if (scenario == "map-churn-scattered") return std::make_unique<MapChurn<Subject, true>>(parameters);
  if (scenario == "map-iterate") return std::make_unique<MapIterate<Subject>>(parameters);
  return nullptr;
}

}  // namespace bench
