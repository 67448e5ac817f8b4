// The passing-* scenarios: records from thread to thread, as packages/bench/src/scenarios/passing.ts has them.
#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "clock.hpp"
#include "passing-record.hpp"
#include "passing-rings.hpp"
#include "scenarios.hpp"

namespace bench {

/// What all that receive have seen.
struct Tally {
  double sum = 0;
  std::int64_t wrong = 0;
};

inline std::string text_of(const Tally& tally) { return text_of(tally.sum) + " " + std::to_string(tally.wrong); }

/// Threads that begin together, and a clock for all of them.
inline void run_together(Clock& clock, const char* phase, const std::vector<std::function<void()>>& works) {
  std::atomic<bool> begun{false};
  std::vector<std::thread> threads;
  for (const auto& work : works)
    threads.emplace_back([&begun, &work] {
      begun.wait(false);
      work();
    });
  clock.begin();
  begun = true;
  begun.notify_all();
  for (auto& thread : threads) thread.join();
  clock.mark(phase);
}

/// Records go through a ring one at a time: to one consumer each, or to all.
template <class Ring, class Record>
class Passing : public Trial {
 public:
  Passing(const Parameters& parameters, int producers, int consumers, bool to_all)
      : parameters_(parameters),
        producers_(producers),
        consumers_(consumers),
        to_all_(to_all),
        ring_(static_cast<std::size_t>(parameters.size), producers, consumers) {}

  void iterate(Clock& clock, std::uint32_t seed) override {
    const auto records = static_cast<std::uint32_t>(parameters_.operations);
    std::vector<Tally> tallies(static_cast<std::size_t>(consumers_));
    std::vector<std::function<void()>> works;
    for (int producer = 0; producer < producers_; ++producer) {
      const std::uint32_t count = records / static_cast<std::uint32_t>(producers_);
      const std::uint32_t first = seed + static_cast<std::uint32_t>(producer) * count;
      works.emplace_back([this, first, count] {
        for (std::uint32_t id = first; id != first + count; ++id) ring_.push(Record(id));
      });
    }
    for (int consumer = 0; consumer < consumers_; ++consumer) {
      const std::uint32_t count = to_all_ ? records : records / static_cast<std::uint32_t>(consumers_);
      const bool ordered = to_all_ || (producers_ == 1 && consumers_ == 1);
      works.emplace_back([this, consumer, count, seed, ordered, &tallies] {
        Tally tally;
        for (std::uint32_t expected = seed; expected != seed + count; ++expected) {
          const Record record = ring_.pop(consumer);
          if (ordered && record.id != expected) ++tally.wrong;
          tally.sum += record.sum();
        }
        tallies[static_cast<std::size_t>(consumer)] = tally;
      });
    }
    run_together(clock, "pass", works);
    tally_ = {};
    for (const Tally& tally : tallies) {
      tally_.sum += tally.sum;
      tally_.wrong += tally.wrong;
    }
  }

  std::string check() override { return text_of(tally_); }

 private:
  Parameters parameters_;
  int producers_;
  int consumers_;
  bool to_all_;
  Ring ring_;
  Tally tally_;
};

/// The same in batches over the ring of two ends.
template <class Record>
class PassingBatches : public Trial {
 public:
  explicit PassingBatches(const Parameters& parameters)
      : parameters_(parameters), ring_(static_cast<std::size_t>(parameters.size), 1, 1) {}

  void iterate(Clock& clock, std::uint32_t seed) override {
    static constexpr std::uint32_t batch = 64;
    const auto records = static_cast<std::uint32_t>(parameters_.operations);
    Tally tally;
    run_together(clock, "pass",
                 {[this, seed, records] {
                    Record rows[batch];
                    for (std::uint32_t done = 0; done < records; done += batch) {
                      const std::uint32_t count = std::min(batch, records - done);
                      for (std::uint32_t row = 0; row < count; ++row) rows[row] = Record(seed + done + row);
                      ring_.push_many(rows, count);
                    }
                  },
                  [this, seed, records, &tally] {
                    Record rows[batch];
                    std::uint32_t expected = seed;
                    double sum = 0;
                    std::int64_t wrong = 0;
                    while (expected != seed + records) {
                      const std::size_t count = ring_.pop_many(rows, batch);
                      for (std::size_t row = 0; row < count; ++row) {
                        if (rows[row].id != expected++) ++wrong;
                        sum += rows[row].sum();
                      }
                    }
                    tally = {sum, wrong};
                  }});
    tally_ = tally;
  }

  std::string check() override { return text_of(tally_); }

 private:
  Parameters parameters_;
  TwoEndsRing<Record> ring_;
  Tally tally_;
};

/// A record goes there, and its copy comes back: the median, of batches of 64 or, where the other thread sleeps, of single trips.
template <template <class> class Ring>
class RoundTrip : public Trial {
 public:
  RoundTrip(const Parameters& parameters, bool sleeps)
      : parameters_(parameters),
        sleeps_(sleeps),
        there_(static_cast<std::size_t>(parameters.size), 1, 1),
        back_(static_cast<std::size_t>(parameters.size), 1, 1) {}

  void iterate(Clock& clock, std::uint32_t seed) override {
    using Time = std::chrono::steady_clock;
    const auto records = static_cast<std::uint32_t>(parameters_.operations);
    std::vector<double> times;
    Tally tally;
    Clock threads;
    run_together(threads, "trips",
                 {[&] {
                    const std::uint32_t batch = sleeps_ ? 1 : 64;
                    for (std::uint32_t done = 0; done < records; done += batch) {
                      if (sleeps_) {
                        const auto end = Time::now() + std::chrono::microseconds(300);
                        while (Time::now() < end) {
                        }
                      }
                      const std::uint32_t count = std::min(batch, records - done);
                      const auto begin = Time::now();
                      for (std::uint32_t id = seed + done; id != seed + done + count; ++id) {
                        send(there_, ShortRecord(id));
                        const ShortRecord record = receive(back_);
                        if (record.id != id) ++tally.wrong;
                        tally.sum += record.sum();
                      }
                      times.push_back(std::chrono::duration<double, std::nano>(Time::now() - begin).count() / count);
                    }
                  },
                  [&] {
                    for (std::uint32_t done = 0; done < records; ++done) send(back_, receive(there_));
                  }});
    std::sort(times.begin(), times.end());
    clock.take("median round trip", times[times.size() / 2] * records);
    tally_ = tally;
  }

  std::string check() override { return text_of(tally_); }

 private:
  void send(Ring<ShortRecord>& ring, const ShortRecord& record) {
    if constexpr (requires { ring.push_and_wake(record); }) {
      if (sleeps_) return ring.push_and_wake(record);
    }
    ring.push(record);
  }

  ShortRecord receive(Ring<ShortRecord>& ring) {
    if constexpr (requires { ring.pop_or_sleep(); }) {
      if (sleeps_) return ring.pop_or_sleep();
    }
    return ring.pop(0);
  }

  Parameters parameters_;
  bool sleeps_;
  Ring<ShortRecord> there_;
  Ring<ShortRecord> back_;
  Tally tally_;
};

/// One thread stores values, another loads the latest until it has seen the last.
class PassingLatest : public Trial {
 public:
  explicit PassingLatest(const Parameters& parameters) : parameters_(parameters) {}

  void iterate(Clock& clock, std::uint32_t seed) override {
    const auto records = static_cast<std::uint32_t>(parameters_.operations);
    std::int64_t wrong = 0;
    run_together(clock, "pass",
                 {[this, seed, records] {
                    for (std::uint32_t id = seed; id != seed + records; ++id) cell_.store(ShortRecord(id));
                  },
                  [this, seed, records, &wrong] {
                    std::int64_t torn = 0;
                    for (ShortRecord value = cell_.load(); value.id != seed + records - 1; value = cell_.load())
                      if (value.quantity != quantity_of(value.id)) ++torn;
                    wrong = torn;
                  }});
    tally_ = {0, wrong};
  }

  std::string check() override { return text_of(tally_); }

 private:
  Parameters parameters_;
  Seqlock<ShortRecord> cell_;
  Tally tally_;
};

/// The trials of a ring that takes a record at a time.
template <template <class> class Ring>
std::unique_ptr<Trial> make_passing_trial(const std::string& scenario, const Parameters& parameters) {
  const auto pass = [&]<class Record>(int producers, int consumers, bool to_all) -> std::unique_ptr<Trial> {
    return std::make_unique<Passing<Ring<Record>, Record>>(parameters, producers, consumers, to_all);
  };
  if (scenario == "passing-16" || scenario == "passing-batches-16" || scenario == "passing-many-2")
    return pass.template operator()<ShortRecord>(1, 1, false);
  if (scenario == "passing-32" || scenario == "passing-batches-32") return pass.template operator()<LongRecord>(1, 1, false);
  if (scenario == "passing-many-4") return pass.template operator()<ShortRecord>(2, 2, false);
  if (scenario == "passing-broadcast") return pass.template operator()<ShortRecord>(1, 2, true);
  if (scenario == "passing-trip") return std::make_unique<RoundTrip<Ring>>(parameters, false);
  if (scenario == "passing-trip-parked") return std::make_unique<RoundTrip<Ring>>(parameters, true);
  return nullptr;
}

inline std::unique_ptr<Trial> make_passing_batches_trial(const std::string& scenario, const Parameters& parameters) {
  if (scenario == "passing-batches-16") return std::make_unique<PassingBatches<ShortRecord>>(parameters);
  if (scenario == "passing-batches-32") return std::make_unique<PassingBatches<LongRecord>>(parameters);
  return nullptr;
}

inline std::unique_ptr<Trial> make_passing_latest_trial(const std::string& scenario, const Parameters& parameters) {
  if (scenario == "passing-latest") return std::make_unique<PassingLatest>(parameters);
  return nullptr;
}

}  // namespace bench
