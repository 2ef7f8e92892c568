// A workflow: its head, the rules that bind it, its steps.
#include "compiler/flow.hpp"
#include "compiler/heads.hpp"

namespace fairlead::compiler {

using grammar::Kind;

void Checker::workflow(Node node, Index index) {
  HeadReader head(*this, index, node);
  head.read();
  if (head.steps()) FlowReader(*this, index).read(head.steps().child(Kind::block), head.scope());
}

}  // namespace fairlead::compiler
