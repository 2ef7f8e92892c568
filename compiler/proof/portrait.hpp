// All that the proofs of one workflow depend on, as bytes: two workflows whose portraits are alike have the same
// proofs, but for the places at which things stand. Nothing is known by its number in the module, which moves when
// something else is added; and places are left out: of these only their order is kept, so that an edit that moves lines
// changes nothing, and what is kept can be said of the places where things stand now.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "compiler/program.hpp"
#include "runtime/values/bytes.hpp"

namespace fairlead::compiler::proof {

struct Portrait {
  Hash key{};                 // of the workflow's, and of the prover that looks at it
  std::vector<Place> places;  // each that is named in it once, in the order in which it is met

  /// Its number; none where the portrait does not know it.
  [[nodiscard]] std::optional<std::uint32_t> number(Place place) const;
  std::map<std::tuple<std::uint32_t, std::uint32_t, std::uint32_t>, std::uint32_t> numbers;
};

/// What is the same for each workflow of a program is looked at once.
class Painter {
 public:
  explicit Painter(const Program& program);

  Portrait paint(Index workflow);

 private:
  [[nodiscard]] const bytecode::Module& module() const { return p_.module; }

  void head();
  void rules();
  void step(Index s);
  void flow(const bytecode::Step& step);
  void act(Index s);
  void counters();

  void place(Place at);
  void text(std::string_view text) { out_.bytes(text); }
  void flag(bool is) { out_.u8(is ? 1 : 0); }
  void to(Index step);
  void function(Index function);
  void expr(ExprId id);
  void reference(const Expr& e);
  void counter(Index c, bool seen);
  void field(Index f);
  void channel(Index c);
  void event(Index e) { text(e == none ? std::string_view() : module().events[e].name); }
  void type(const FieldType& type);
  void constant(const bytecode::Constant& constant);

  const Program& p_;
  std::set<Index> record_bindings_;
  std::map<Index, std::vector<Place>> led_to_;  // by workflow: the steps of others that lead to it
  bool zone_ = false, country_ = false;         // some field is marked with it

  // Of the workflow that is painted.
  Index workflow_ = none;
  ByteWriter out_;
  Portrait portrait_;
  std::map<Index, std::uint32_t> position_;  // of its steps
  std::map<ExprId, std::uint32_t> seen_;
  std::set<Index> counted_;
};

}  // namespace fairlead::compiler::proof
