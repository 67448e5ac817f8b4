// One C++ list, queue, map, order book, allocator, vector or ring between threads as a subject of flux-bench: answers each command on stdin with one line on stdout.
//
//   list-bench <malloc|slab|intrusive|pmr|map-malloc|map-slab|map-open|map-malloc-64|map-open-64|book-map|book-slab|
//              heap-malloc|vector-malloc|queue-deque|queue-list|queue-list-slab|
//              passing-ring|passing-ring-batches|passing-slots|passing-broadcast|passing-latest>
//
//   > run build-destroy size=500000 operations=0 iterations=5 seed=1
//   < {"ns":..., "iterations":5, "check":"...", "phases":{"build":..., "destroy":...}, ...}
//   > quit
//
// The parent interleaves the rounds of all subjects; see packages/bench.

#include <cstdio>
#include <exception>
#include <iostream>
#include <map>
#include <memory>
#include <string>

#include "book-map.hpp"
#include "book-slab.hpp"
#include "book-trial.hpp"
#include "clock.hpp"
#include "command.hpp"
#include "heap-scenarios.hpp"
#include "map-scenarios.hpp"
#include "memory.hpp"
#include "passing-scenarios.hpp"
#include "queue-scenarios.hpp"
#include "scenarios.hpp"
#include "subjects.hpp"
#include "vector-scenarios.hpp"

namespace bench {
namespace {

const char* compiler() {
#if defined(__clang__)
  return "clang " __clang_version__;
#elif defined(__GNUC__)
  return "g++ " __VERSION__;
#else
  return "C++";
#endif
}

void answer_round(const std::string& check, const Clock& clock, long long iterations, const Footprint& footprint) {
  std::printf("{\"ns\":%.0f,\"iterations\":%lld,\"check\":\"%s\",\"phases\":{", clock.total(), iterations, check.c_str());
  const char* separator = "";
  for (const auto& [phase, nanoseconds] : clock.phases()) {
    std::printf("%s\"%s\":%.0f", separator, phase.c_str(), nanoseconds);
    separator = ",";
  }
  std::printf("}");
  if (clock.longest() > 0) std::printf(",\"longestBatch\":%.0f", clock.longest());
  if (clock.tail() > 0) std::printf(",\"tailBatch\":%.0f", clock.tail());
  if (footprint.live >= 0) std::printf(",\"live\":%.0f", footprint.live);
  if (footprint.resident >= 0) std::printf(",\"resident\":%.0f", footprint.resident);
  std::printf(",\"rss\":%zu}\n", resident_bytes());
}

using MakeTrial = std::unique_ptr<Trial> (*)(const std::string& scenario, const Parameters& parameters);

/// Serves rounds until `quit` or the end of input.
class Server {
 public:
  explicit Server(MakeTrial make_trial) : make_trial_(make_trial) {}

  int serve() {
    std::printf("{\"ready\":true,\"runtime\":\"%s\"}\n", compiler());
    std::fflush(stdout);
    for (std::string line; std::getline(std::cin, line);) {
      const Command command = Command::parse(line);
      if (command.verb == "quit") break;
      if (command.verb == "run") {
        run(command);
      } else {
        std::printf("{\"error\":\"unknown command\"}\n");
      }
      std::fflush(stdout);
    }
    return 0;
  }

 private:
  void run(const Command& command) {
    const Parameters parameters{
        static_cast<std::int32_t>(command.value("size")),
        static_cast<std::int32_t>(command.value("operations")),
        static_cast<std::uint32_t>(command.value("seed")),
    };
    if (command.scenario != scenario_) {
      trial_ = make_trial_(command.scenario, parameters);
      scenario_ = command.scenario;
    }
    if (trial_ == nullptr) {
      std::printf("{\"unsupported\":\"no such operation in C++\"}\n");
      return;
    }
    const auto iterations = command.value("iterations", 1);
    Clock clock;
    for (std::int64_t i = 0; i < iterations; ++i) trial_->iterate(clock, parameters.seed + static_cast<std::uint32_t>(i));
    answer_round(trial_->check(), clock, iterations, trial_->footprint());
  }

  MakeTrial make_trial_;
  std::string scenario_;
  std::unique_ptr<Trial> trial_;
};

int serve(const std::string& subject) {
  const std::map<std::string, MakeTrial> subjects = {
      {"malloc", make_trial<Malloc>},
      {"slab", make_trial<Slab>},
      {"intrusive", make_trial<Intrusive>},
      {"pmr", make_trial<Pmr>},
      {"map-malloc", make_map_trial<MallocMap<std::uint32_t>>},
      {"map-slab", make_map_trial<SlabMap<std::uint32_t>>},
      {"map-open", make_map_trial<OpenSlabMap<std::uint32_t>>},
      {"map-malloc-64", make_map_trial<MallocMap<std::uint64_t>>},
      {"map-open-64", make_map_trial<OpenSlabMap<std::uint64_t>>},
      {"book-map", make_book_trial<MapBook>},
      {"book-slab", make_book_trial<SlabBook>},
      {"heap-malloc", make_heap_trial},
      {"vector-malloc", make_vector_trial},
      {"queue-deque", make_queue_trial<std::deque<Record>>},
      {"queue-list", make_queue_trial<std::list<Record>>},
      {"queue-list-slab", make_queue_trial<std::list<Record, SlabAllocator<Record>>>},
      {"passing-ring", make_passing_trial<TwoEndsRing>},
      {"passing-ring-batches", make_passing_batches_trial},
      {"passing-slots", make_passing_trial<SlotsRing>},
      {"passing-broadcast", make_passing_trial<BroadcastRing>},
      {"passing-latest", make_passing_latest_trial},
  };
  const auto found = subjects.find(subject);
  if (found != subjects.end()) return Server(found->second).serve();
  std::cerr << "usage: list-bench <subject>, one of";
  for (const auto& known : subjects) std::cerr << ' ' << known.first;
  std::cerr << '\n';
  return 2;
}

}  // namespace
}  // namespace bench

int main(int count, char** arguments) {
  try {
    return bench::serve(count > 1 ? arguments[1] : "");
  } catch (const std::exception& error) {
    std::cerr << "list-bench: " << error.what() << '\n';
    return 1;
  }
}
