// Where labels go: from the fields that carry them through what is kept, written back, asked and said, to whatever
// decides or is sent. A condition gives its labels to what is written under it.
#pragma once

#include "compiler/program.hpp"

namespace fairlead::compiler::proof {

/// A place in a workflow at which something is decided, and what decides it.
struct Decision {
  Index step = none;      // none: at the workflow's head
  Index function = none;  // what is asked; none: a segment
  ExprId expr = no_expr;
  std::string what;  // `which way this goes`
};

class Flows {
 public:
  explicit Flows(const Program& program);

  /// With what fields have come to carry because of where they are written.
  [[nodiscard]] bytecode::Labels labels(ExprId expr) const;
  /// The places that bring the label in, from the source to here.
  [[nodiscard]] std::vector<Place> sources(ExprId expr, bytecode::Label label) const;
  /// One of the fields that bring the label in, as it is written: `contact.gender`; empty where none does by itself.
  [[nodiscard]] std::string name_of_source(ExprId expr, bytecode::Label label) const;
  /// Whether segments, scores and points alone bring the label in: of these it is said where they are declared.
  [[nodiscard]] bool by_measures(const Decision& decision, bytecode::Label label) const;
  [[nodiscard]] std::vector<Decision> decisions(Index workflow) const;
  /// What a message of a channel says: its texts, and what the step hands to them.
  [[nodiscard]] std::vector<ExprId> said(Index step, Index channel) const;

 private:
  void spread();
  template <class Visit>
  void each_part(ExprId expr, const Visit& visit) const;
  [[nodiscard]] std::vector<Index> follow(Index step) const;

  const Program& p_;
  struct Written {
    bytecode::Labels labels;
    std::vector<Place> places;  // where it is written under them
  };
  std::vector<Written> fields_;
};

}  // namespace fairlead::compiler::proof
