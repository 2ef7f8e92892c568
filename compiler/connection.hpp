// Reads one connector into the module. The compiler's own: connections.cpp and requests.cpp fill it.
#pragma once

#include "compiler/checker.hpp"

namespace fairlead::compiler {

using grammar::Node;

/// Reads one connector.
class ConnectionReader {
 public:
  ConnectionReader(Checker& checker, Node node, Index index)
      : c_(checker), node_(node), out_(checker.program_.module.connectors[index]) {}

  bytecode::Connector read();

 private:
  bytecode::Module& module() { return c_.program_.module; }

  /// The names after `for`, each a channel or an action.
  void targets();

  /// One channel or action has one connector, since an effect is carried out once.
  void connected(Node name);
  void nothing(Node name);
  void secrets(Node clause);

  /// What the requests may read of the effect: what each of the targets has.
  void inputs();
  [[nodiscard]] Scope scope() const;
  Index value(Node expression, std::string_view what, FieldType* type);
  void request(Node node);
  void address(Node text);
  Index credential(Node expression);
  std::vector<bytecode::Pair> pairs(Node clause, std::string_view what);
  std::optional<std::string> name_of(Node pair);

  /// `answer id: sid`: what an action returns, or of a channel the provider's name for the message.
  void answers(Node clause);
  void retry(Node clause);

  /// Without a key by which the provider knows a call again, only what was surely not carried out may be tried again.
  void repeats();
  void rate(Node clause);
  void receive(Node node);
  void verification(Node clause, bytecode::Receive& out);
  void reported(Node node, bytecode::Receive& out);

  Checker& c_;
  Node node_;
  bytecode::Connector out_;
  bool known_ = true;  // what its targets say is known
  std::map<std::string, Place> secret_places_;
  std::map<std::string, Place> once_;
  std::vector<Node> risky_;
};

}  // namespace fairlead::compiler
