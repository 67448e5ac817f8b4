// The book-* scenarios: a book that is filled outside the time, then the operations of its workload.
#pragma once

#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>

#include "book-workload.hpp"
#include "record.hpp"
#include "scenarios.hpp"

namespace bench {

template <class Book>
class BookTrial : public Trial {
 public:
  BookTrial(const std::string& workload, const Parameters& parameters) : workload_(workload), parameters_(parameters) {}

  void iterate(Clock& clock, std::uint32_t seed) override {
    const BookWorkload workload =
        BookGenerator(workload_, seed, static_cast<std::size_t>(parameters_.size),
                      static_cast<std::size_t>(parameters_.operations)).make();
    book_ = std::make_unique<Book>(workload.ids);
    play(workload.fill.data(), workload.fill.data() + workload.fill.size());
    traded_ = 0;
    const BookCommand* command = workload.run.data();
    const BookCommand* end = command + workload.run.size();
    clock.begin();
    traded_ = play(command, end);
    clock.mark("operations");
  }

  std::string check() override {
    std::uint32_t hash = hash_seed;
    book_->for_each_level([&hash](std::int32_t ticks, std::int64_t lots) {
      hash = mix(hash, static_cast<std::uint32_t>(ticks));
      hash = mix(hash, static_cast<std::uint32_t>(lots));
    });
    char text[96];
    std::snprintf(text, sizeof text, "%lld traded, %zu live, depth %08x", static_cast<long long>(traded_), book_->live(), hash);
    return text;
  }

 private:
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
  std::unique_ptr<Book> book_;
  std::int64_t traded_ = 0;
};

/// The trial of a scenario of order books, `book-<workload>`; null for any other.
template <class Book>
std::unique_ptr<Trial> make_book_trial(const std::string& scenario, const Parameters& parameters) {
  if (scenario.rfind("book-", 0) != 0) return nullptr;
  const std::string workload = scenario.substr(5);
  if (!Book::any_price && workload == "sparse") return nullptr;
  return std::make_unique<BookTrial<Book>>(workload, parameters);
}

}  // namespace bench
