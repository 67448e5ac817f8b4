// The book-* scenarios, as packages/bench/src/scenarios/book.ts and book-feeds.ts have them: a book that is filled, then the
// operations of its workload.
#pragma once

#include <cstdint>
#include <algorithm>
#include <cstdio>
#include <memory>
#include <string>

#include "book-workload.hpp"
#include "memory.hpp"
#include "record.hpp"
#include "scenarios.hpp"

namespace bench {

/// What of a round counts: the operations, filling too, or the operations in batches of 64.
enum class BookTimed { run, all, batches };

template <class Book>
class BookTrial : public Trial {
 public:
  BookTrial(const std::string& workload, const Parameters& parameters, BookTimed timed, bool is_feed)
      : workload_(workload), parameters_(parameters), timed_(timed), is_feed_(is_feed) {}

  void iterate(Clock& clock, std::uint32_t seed) override {
    const BookWorkload workload =
        BookGenerator(workload_, seed, static_cast<std::size_t>(parameters_.size),
                      static_cast<std::size_t>(parameters_.operations)).make();
    book_.reset();
    const double before = malloc_bytes();
    book_ = std::make_unique<Book>(workload.ids);
    if (timed_ == BookTimed::all) clock.begin();
    play(workload.fill.data(), workload.fill.data() + workload.fill.size());
    traded_ = 0;
    const BookCommand* command = workload.run.data();
    const BookCommand* end = command + workload.run.size();
    if (timed_ != BookTimed::all) clock.begin();
    if (timed_ == BookTimed::batches) {
      for (; command != end;) {
        const BookCommand* next = std::min(command + batch, end);
        traded_ += play(command, next);
        command = next;
        clock.mark_each_batch("operations");
      }
    } else {
      traded_ = play(command, end);
      clock.mark("operations");
    }
    if (before >= 0) footprint_.live = malloc_bytes() - before;
  }

  Footprint footprint() const override { return footprint_; }

  std::string check() override {
    std::uint32_t hash = hash_seed;
    book_->for_each_level([&hash](std::int32_t ticks, std::int64_t lots) {
      hash = mix(hash, static_cast<std::uint32_t>(ticks));
      hash = mix(hash, static_cast<std::uint32_t>(lots));
    });
    char text[96];
    const int length = is_feed_ ? 0 : std::snprintf(text, sizeof text, "%lld traded, ", static_cast<long long>(traded_));
    std::snprintf(text + length, sizeof text - static_cast<std::size_t>(length), "%zu live, depth %08x", book_->live(), hash);
    return text;
  }

 private:
  static constexpr std::ptrdiff_t batch = 64;

  std::int64_t play(const BookCommand* command, const BookCommand* end) {
    Book& book = *book_;
    std::int64_t traded = 0;
    for (; command != end; ++command) {
      const auto id = static_cast<std::uint64_t>(static_cast<std::uint32_t>(command->id));
      switch (command->what()) {
        case BookCommand::limit: traded += book.limit(id, command->side(), command->ticks, command->lots); break;
        case BookCommand::cancel: book.cancel(id); break;
        case BookCommand::market: traded += book.market(command->side(), command->lots); break;
        default: traded += book.replace(id, command->ticks, command->lots); break;
      }
    }
    return traded;
  }

  std::string workload_;
  Parameters parameters_;
  BookTimed timed_;
  bool is_feed_;
  Footprint footprint_;
  std::unique_ptr<Book> book_;
  std::int64_t traded_ = 0;
};

/// The trial of a scenario of order books: `book-<workload>`, `book-cold-<workload>`, or one by name; null for any other.
template <class Book>
std::unique_ptr<Trial> make_book_trial(const std::string& scenario, const Parameters& parameters) {
  if (scenario.rfind("book-", 0) != 0) return nullptr;
  std::string workload = scenario.substr(5);
  BookTimed timed = BookTimed::run;
  const bool is_feed = workload == "feed";
  if (workload.rfind("cold-", 0) == 0) {
    workload = workload.substr(5);
    timed = BookTimed::all;
  } else if (workload == "memory") {
    workload = "deep";
    timed = BookTimed::all;
  } else if (workload == "latency") {
    workload = "mix";
    timed = BookTimed::batches;
  } else if (is_feed) {
    workload = "mix";
  } else if (workload == "levels" || workload.rfind("npm-", 0) == 0) {
    return nullptr;
  }
  if (!Book::any_price && workload == "sparse") return nullptr;
  return std::make_unique<BookTrial<Book>>(workload, parameters, timed, is_feed);
}

}  // namespace bench
