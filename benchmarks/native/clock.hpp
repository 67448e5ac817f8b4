// Times the phases of one round. Only what lies between begin() and mark() counts.
#pragma once

#include <algorithm>
#include <chrono>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

namespace bench {

class Clock {
 public:
  using Time = std::chrono::steady_clock;

  void begin() { last_ = Time::now(); }

  /// Ends the phase that began at the last begin() or mark().
  void mark(const char* phase) {
    const auto now = Time::now();
    add(phase, nanoseconds(now - last_));
    last_ = now;
  }

  /// Ends a batch, and keeps the time of the longest one.
  void mark_batch(const char* phase) {
    const auto now = Time::now();
    const double elapsed = nanoseconds(now - last_);
    add(phase, elapsed);
    longest_ = std::max(longest_, elapsed);
    last_ = now;
  }

  /// Adds what other threads measured.
  void take(const char* phase, double nanoseconds) { add(phase, nanoseconds); }

  /// As mark_batch(), and keeps all of them. The next batch begins once this one is written down: that is not its time.
  void mark_each_batch(const char* phase) {
    const double elapsed = nanoseconds(Time::now() - last_);
    add(phase, elapsed);
    longest_ = std::max(longest_, elapsed);
    batches_.push_back(elapsed);
    last_ = Time::now();
  }

  /// What 99.9% of the batches did not take longer than; 0 where they were not kept.
  double tail() const {
    if (batches_.empty()) return 0;
    auto sorted = batches_;
    const auto at = static_cast<std::size_t>(std::ceil(static_cast<double>(sorted.size()) * 0.999)) - 1;
    std::nth_element(sorted.begin(), sorted.begin() + static_cast<std::ptrdiff_t>(at), sorted.end());
    return sorted[at];
  }

  double total() const {
    double sum = 0;
    for (const auto& phase : phases_) sum += phase.second;
    return sum;
  }

  double longest() const { return longest_; }
  const std::vector<std::pair<std::string, double>>& phases() const { return phases_; }

 private:
  static double nanoseconds(Time::duration elapsed) {
    return std::chrono::duration<double, std::nano>(elapsed).count();
  }

  void add(const char* phase, double elapsed) {
    for (auto& known : phases_) {
      if (known.first == phase) {
        known.second += elapsed;
        return;
      }
    }
    phases_.emplace_back(phase, elapsed);
  }

  Time::time_point last_;
  double longest_ = 0;
  std::vector<double> batches_;
  std::vector<std::pair<std::string, double>> phases_;
};

}  // namespace bench
