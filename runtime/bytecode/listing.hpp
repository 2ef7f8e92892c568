// The text of a disassembly while it is being written, and how it names things.
#pragma once

#include <fmt/format.h>

#include <iterator>
#include <string>
#include <vector>

#include "runtime/bytecode/operands.hpp"

namespace fairlead::bytecode {

/// What a function's operands refer to where it is used.
struct Around {
  std::vector<Index> bound;          // by binding number: the type of the event, none where it may be of several
  const Content* content = nullptr;  // whose parameters they are
  const std::vector<EventField>* parameters = nullptr;  // those of an action or a connector
  std::vector<Index> records{};  // by binding number: the record that is bound there instead, none: no record
};

/// Lines, indented by two spaces a level. Names what it can and never trusts an index: a module that failed the
/// verifier must be readable too.
class Listing {
 public:
  explicit Listing(const Module& module) : m_(module) {}

  template <class... Args>
  void line(int level, fmt::format_string<Args...> text, Args&&... args) {
    out_.append(static_cast<std::size_t>(level) * 2, ' ');
    fmt::format_to(std::back_inserter(out_), text, std::forward<Args>(args)...);
    out_.push_back('\n');
  }
  void blank() { out_.push_back('\n'); }

  /// The function's head, which begins with `role`, and its instructions below; nothing where it is `none`.
  void function(int level, std::string_view role, Index index, const Around& around = {});

  [[nodiscard]] std::string take() { return std::move(out_); }

 private:
  [[nodiscard]] std::string instruction(const Function& f, std::size_t pc, const Around& around) const;
  [[nodiscard]] std::string operand(const Operand& o, Instruction i, std::size_t pc, const Around& around) const;
  [[nodiscard]] std::string event_field(Instruction i, const Around& around) const;

  const Module& m_;
  std::string out_;
};

/// Tests and simulations (list_trials.cpp).
void list_trials(Listing& out, const Module& module);

/// `day`, or the length of a window.
std::string per(Period period, Duration window);
/// In quotes, on one line.
std::string quoted(std::string_view text);
std::string to_string(const Constant& constant);

/// The name of element `index` of `items`, or its number where it has none there.
template <class T>
std::string name_at(const std::vector<T>& items, Index index) {
  if (index == none) return "none";
  if (index >= items.size()) return fmt::format("?{}", index);
  if constexpr (requires { items[index].name; }) {
    return items[index].name;
  } else {
    return items[index].key;
  }
}

}  // namespace fairlead::bytecode
