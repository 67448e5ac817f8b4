// The line protocol's question: `run <scenario> key=value ...`, all values whole numbers.
#pragma once

#include <cstdint>
#include <map>
#include <sstream>
#include <stdexcept>
#include <string>

namespace bench {

struct Command {
  std::string verb;
  std::string scenario;
  std::map<std::string, std::int64_t> values;

  static Command parse(const std::string& line) {
    Command command;
    std::istringstream words(line);
    words >> command.verb >> command.scenario;
    for (std::string word; words >> word;) {
      const auto equals = word.find('=');
      if (equals == std::string::npos) throw std::runtime_error("expected key=value, got " + word);
      command.values[word.substr(0, equals)] = std::stoll(word.substr(equals + 1));
    }
    return command;
  }

  std::int64_t value(const std::string& key, std::int64_t fallback = 0) const {
    const auto found = values.find(key);
    return found == values.end() ? fallback : found->second;
  }
};

}  // namespace bench
