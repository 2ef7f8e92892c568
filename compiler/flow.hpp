// Reads the steps of one workflow into the module. The compiler's own: flow.cpp, waits.cpp and choices.cpp fill it.
#pragma once

#include "compiler/checker.hpp"

namespace fairlead::compiler {

using grammar::Node;

class FlowReader {
 public:
  FlowReader(Checker& checker, Index workflow) : c_(checker), workflow_(workflow) {}

  void read(Node block, const Scope& scope);

 private:
  /// A place from which the flow goes on to whatever comes next.
  struct Exit {
    enum Way : std::uint8_t { first, next, otherwise, arm, option, variant, play };
    Index step;
    Way way;
    std::size_t index;
  };
  using Exits = std::vector<Exit>;

  bytecode::Module& module() { return c_.program_.module; }
  void patch(const Exits& exits, Index target);
  /// Keys are made from names, and a number where one name comes again: they outlive edits elsewhere in the file.
  std::string key(const std::string& prefix, const std::string& label);
  Index add(bytecode::StepKind kind, Node node, std::string step_key);
  Exits sequence(Node block, Scope& scope, const std::string& prefix, Exits incoming);
  Exits step(Node node, Scope& scope, const std::string& prefix, const Exits& exits);
  Exits send(Node node, Scope& scope, const std::string& prefix, const Exits& exits);
  /// The functions that give what is wanted, of a content or an action: `whose` says which in a sentence, and `form` is
  /// how it is called.
  std::vector<Index> arguments(Node node, Node call, const std::vector<bytecode::EventField>& wanted,
                               const std::string& whose, const std::string& form, const Scope& scope, Index step_index);
  // ---- effects (effects.cpp)
  Exits act(Node node, Scope& scope, const std::string& prefix, const Exits& exits);
  Exits let(Node node, Scope& scope, const std::string& prefix, const Exits& exits);
  Exits approve(Node node, Scope& scope, const std::string& prefix, const Exits& exits);
  Exits assign(Node node, const std::string& prefix, const Exits& exits);
  /// Whether an approval may cover these steps: effects, and after them what is to be noted. Says where not.
  bool coverable(Node block);
  /// Room for so many values that the pass keeps.
  Index keep(Node name, std::size_t values);
  /// Time passes: what was known of the contact may have changed. What an event said stays said, and a `fixed` field
  /// that is there stays there.
  void go_stale(Scope& scope, Node passing);
  /// After branches meet: what every one of them knows. Where none of them goes on, nothing follows either.
  static void join(Scope& scope, const std::vector<Scope>& branches);
  /// A name for an event of a wait: what was known of another event of that name is not about this one.
  static void bind(Scope& scope, Node name, Index event, Index number);
  Exits wait(Node node, Scope& scope, const std::string& prefix, const Exits& exits);
  Index value(Node node, const Scope& scope, const Type& type, const std::string& name);
  Exits wait_up_to(Node node, Scope& scope, const std::string& prefix, const Exits& exits);
  bytecode::Arm head_of(Node node, const Scope& scope, const std::string& step_key);
  Exits branch(Node node, Scope& scope, const std::string& prefix, const Exits& exits);
  Exits choose(Node node, Scope& scope, const std::string& prefix, const Exits& exits);
  bool once(std::map<std::string, Place>& seen, const std::string& what, Node node) {
    return c_.once(seen, what, node);
  }
  // ---- ways (repeat.cpp, split.cpp, plans.cpp)
  Exits repeat(Node node, Scope& scope, const std::string& prefix, const Exits& exits);
  Exits follow(Node node, const Scope& scope, const std::string& prefix, const Exits& exits);
  Exits for_each(Node node, Scope& scope, const std::string& prefix, const Exits& exits);
  Exits allocate(Node node, const Scope& scope, const std::string& prefix, const Exits& exits);
  Exits split(Node node, Scope& scope, const std::string& prefix, const Exits& exits);
  Exits plan(Node node, Scope& scope, const std::string& prefix, const Exits& exits);
  bytecode::Play play(Node node, const Scope& scope, const std::string& plan_key, const bytecode::Plan& plan);
  void check_stages(Node node, const bytecode::Plan& plan);
  /// A record and a name for the one of each round, with what `where` asks of it.
  Index bind_record(Node node, Scope& scope);
  /// The key of a step that learns or divides, by its own name, which no other here may have.
  std::string named_key(Node name, const std::string& prefix, std::string_view what, std::string_view why);
  /// The goal that a step has itself, or its workflow's; `without` is said where there is neither.
  Index goal_of(Node node, Node at, std::string_view without, std::string_view help);
  /// Says that a step is about a contact where there is none; true where there is one.
  bool has_contact(Node node, const Scope& scope, std::string_view what);
  void best_of(Node by, Index content, Index step);
  void best_hour(Node node, Index step);
  /// What an option is to keep at least, or may have at most.
  void option_bounds(Node clause, bytecode::Option& option);
  void check_bounds(Node node, const bytecode::Choice& choice);
  Exits set(Node node, Scope& scope, const std::string& prefix, const Exits& exits);

  Checker& c_;
  Index workflow_;
  std::unordered_map<std::string, int> labels_;
};

}  // namespace fairlead::compiler
