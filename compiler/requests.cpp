// What a connector asks of its provider, and what it takes in from it.
#include "compiler/connection.hpp"

namespace fairlead::compiler {

using grammar::Code;
using grammar::Diagnostic;
using grammar::Kind;

Scope ConnectionReader::scope() const {
  Scope out;
  out.contact = false;
  out.history = false;
  out.parameters = &out_.inputs;
  return out;
}

Index ConnectionReader::value(Node expression, std::string_view what, FieldType* type) {
  const std::size_t said = c_.diagnostics_.size();
  const ExprId root = c_.expression(expression, scope(), nullptr);
  // Where the targets are not known, neither is what may be read.
  if (!known_) c_.diagnostics_.resize(said);
  const Expr& expr = c_.program_.exprs[root];
  if (expr.type.form == Type::Form::absent) c_.absent(expr, scope(), "", "Leave it out.");
  if (type != nullptr && !expr.type.broken()) *type = expr.type.field;
  return c_.add_function(root, fmt::format("connector {} {}", out_.name, what));
}

void ConnectionReader::request(Node node) {
  bytecode::Request& request = out_.request;
  request.line = c_.line(c_.place(node));
  using enum bytecode::Method;
  request.method = node.has("get")      ? get
                   : node.has("put")    ? put
                   : node.has("patch")  ? patch
                   : node.has("delete") ? erase
                                        : post;
  address(node.child(Kind::text));
  std::map<std::string, Place> seen;
  Place signature;
  Place body;
  for (const Node& clause : node.child(Kind::block).children(Kind::clause)) {
    const Node head = clause.children().front();
    const auto only = [&](Place& first, std::string message, std::string help) {
      if (first.span.end == 0) {
        first = c_.place(head);
        return true;
      }
      Diagnostic& d =
          c_.report(Code::repeated_clause, c_.place(head), std::move(message), "the second one", std::move(help));
      d.secondary.push_back({first.file, first.span, "the first one"});
      return false;
    };
    if (!c_.once(seen, std::string(head.text()), head)) continue;
    if (head.is("basic") || head.is("bearer")) {
      if (only(signature, "a request is signed in one way, and this has two", "Keep `basic` or `bearer`."))
        for (const Node& part : clause.children(Kind::expression)) request.credentials.push_back(credential(part));
    } else if (head.is("form") || head.is("json")) {
      if (only(body, "a request has one body, and this has two", "Keep `form` or `json`."))
        (head.is("form") ? request.form : request.json) = pairs(clause, head.text());
      if (node.has("get"))
        c_.report(Code::misplaced, c_.place(head), "a `get` has no body", "nobody would read it",
                  fmt::format("Write `query` in its place, or `post` in place of `get`."));
    } else if (head.is("header")) {
      request.headers = pairs(clause, head.text());
    } else if (head.is("query")) {
      request.query = pairs(clause, head.text());
    } else if (head.is("answer")) {
      answers(clause);
    } else if (head.is("idempotency")) {
      request.idempotency_header = c_.plain_text(clause.child(Kind::text)).value_or("");
    }
  }
}

void ConnectionReader::address(Node text) {
  const Node first = text.child(Kind::chunk);
  const std::string begin(first ? first.text() : "");
  if (!begin.starts_with("https://") && !begin.starts_with("http://")) {
    c_.report(Code::not_a_literal, c_.place(text), "a connector asks at a web address, and this is none",
              "not a web address", "A web address begins with https://.");
  }
  const std::size_t said = c_.diagnostics_.size();
  const ExprId root = c_.text(text, scope(), nullptr);
  if (!known_) c_.diagnostics_.resize(said);
  out_.request.address = c_.add_function(root, fmt::format("connector {} address", out_.name));
}

Index ConnectionReader::credential(Node expression) {
  const Index made = value(expression, "credential", nullptr);
  const Expr& expr = c_.program_.exprs[c_.program_.roots[made]];
  const Type text = Type::of(TypeKind::text);
  if (!c_.agrees(expr.type, text)) c_.unlike(expr, text);
  if (expr.op == Op::constant && !expr.type.broken()) {
    c_.report(Code::type_mismatch, expr.place, "what signs a request is a secret, and does not stand in a file",
              "anybody who reads this could sign", "Declare it, `secret token`, and write its name here.");
  }
  return made;
}

std::vector<bytecode::Pair> ConnectionReader::pairs(Node clause, std::string_view what) {
  std::vector<bytecode::Pair> out;
  std::map<std::string, Place> seen;
  for (const Node& pair : clause.children(Kind::argument)) {
    const auto name = name_of(pair);
    if (!name || !c_.once(seen, *name, pair.children().front())) continue;
    bytecode::Pair made{.name = *name, .value = none, .type = {}};
    made.value = value(pair.child(Kind::expression), fmt::format("{} {}", what, *name), &made.type);
    const Expr& expr = c_.program_.exprs[c_.program_.roots[made.value]];
    if (what != "json" && (expr.type.is(TypeKind::list) || expr.type.is(TypeKind::boolean))) {
      c_.report(Code::not_text, expr.place,
                fmt::format("a `{}` carries texts, and cannot show what is {}", what, described(expr.type)),
                "cannot be shown", "Show a text, a number, a sum, a date or a choice.");
    }
    out.push_back(std::move(made));
  }
  return out;
}

std::optional<std::string> ConnectionReader::name_of(Node pair) {
  const Node first = pair.children().front();
  return first.is(Kind::text) ? c_.plain_text(first) : std::optional(std::string(first.text()));
}

void ConnectionReader::answers(Node clause) {
  std::map<std::string, Place> seen;
  for (const Node& pair : clause.children(Kind::argument)) {
    const auto name = name_of(pair);
    const Node expression = pair.child(Kind::expression);
    const Node path = expression ? expression.child(Kind::path) : Node();
    if (!name || !c_.once(seen, *name, pair.children().front())) continue;
    if (!path || expression.children().size() != 1) {
      c_.report(Code::wrong_arguments, c_.place(expression),
                "what is taken from an answer is named by where it stands there", "not a place in the answer",
                fmt::format("Write it like `answer {}: result.id`.", *name));
      continue;
    }
    std::vector<std::string_view> wanted;
    if (!out_.channels.empty()) wanted.push_back("id");
    for (const Index action : out_.actions) {
      for (const bytecode::EventField& field : module().actions[action].returns) wanted.push_back(field.name);
    }
    if (known_ && std::find(wanted.begin(), wanted.end(), *name) == wanted.end()) {
      const std::string_view near = grammar::closest(*name, wanted);
      std::string all;
      for (const std::string_view one : wanted) all += fmt::format("{}`{}`", all.empty() ? "" : ", ", one);
      c_.report(Code::unknown_field, c_.place(pair.children().front()),
                fmt::format("nothing that `{}` carries out returns `{}`", out_.name, *name), "not returned",
                !near.empty()    ? fmt::format("Did you mean `{}`?", near)
                : wanted.empty() ? "Say what the action returns: `action … returns { … } effect …`."
                                 : fmt::format("It can be {}.", all));
      continue;
    }
    out_.request.answers.push_back({*name, std::string(path.text())});
  }
}

void ConnectionReader::receive(Node node) {
  bytecode::Receive out;
  const Node path = node.child(Kind::text);
  out.path = c_.plain_text(path).value_or("/");
  if (!out.path.starts_with("/") || out.path.find_first_of(" ?#") != std::string::npos) {
    c_.report(Code::not_a_literal, c_.place(path), fmt::format("\"{}\" is no place on our own server", out.path),
              "not a path", "Write it like \"/hooks/provider\".");
  } else if (const auto [at, fresh] = c_.hooks_.emplace(out.path, c_.place(path)); !fresh) {
    Diagnostic& d =
        c_.report(Code::declared_twice, c_.place(path), fmt::format("two connectors receive at \"{}\"", out.path),
                  "the second one", "Give each a path of its own.");
    d.secondary.push_back({at->second.file, at->second.span, "the first one"});
  }
  std::map<std::string, Place> seen;
  for (const Node& clause : node.child(Kind::block).children(Kind::clause)) {
    if (c_.once(seen, "verify", clause.children().front())) verification(clause, out);
  }
  if (!seen.contains("verify")) {
    c_.report(Code::missing_clause, c_.place(node.children().front()),
              "anybody could send here what only the provider may", "no `verify`",
              "Say how the provider signs: `verify hmac sha256 header \"X-Signature\" with token`.");
  }
  for (const Node& callback : node.child(Kind::block).children(Kind::callback)) reported(callback, out);
  out_.receives.push_back(std::move(out));
}

void ConnectionReader::verification(Node clause, bytecode::Receive& out) {
  out.digest = clause.has("sha1") ? bytecode::Digest::sha1 : bytecode::Digest::sha256;
  out.header = c_.plain_text(clause.child(Kind::text)).value_or("");
  const Node secret = clause.child(Kind::name);
  out.secret = std::string(secret.text());
  if (secret_places_.contains(out.secret)) return;
  const std::vector<std::string_view> known(out_.secrets.begin(), out_.secrets.end());
  const std::string_view near = grammar::closest(out.secret, known);
  c_.report(
      Code::unknown_name, c_.place(secret),
      fmt::format("the connector `{}` has no secret called `{}`", out_.name, out.secret), "not declared",
      !near.empty() ? fmt::format("Did you mean `{}`?", near) : fmt::format("Declare it: `secret {}`.", out.secret));
}

void ConnectionReader::reported(Node node, bytecode::Receive& out) {
  bytecode::Callback callback;
  const Node name = node.child(Kind::name);
  callback.event = c_.find(NameKind::event, name);
  const auto reports = [&](Index channel) {
    const std::vector<Index>& all = module().channels[channel].reports;
    return std::find(all.begin(), all.end(), callback.event) != all.end();
  };
  if (callback.event != none && known_ && std::none_of(out_.channels.begin(), out_.channels.end(), reports)) {
    c_.report(Code::unreported_event, c_.place(name),
              fmt::format("nothing that `{}` carries out reports `{}`", out_.name, name.text()), "not reported",
              out_.channels.empty() ? "Only a channel reports events."
                                    : fmt::format("Add it to the channel: `reports …, {}`.", name.text()));
  }
  if (const Node when = node.child(Kind::expression)) {
    Scope scope;
    scope.contact = false;
    scope.history = false;
    scope.provided = &out.fields;
    const Type boolean = Type::of(TypeKind::boolean);
    callback.when = c_.function(when, scope, &boolean, fmt::format("connector {} {} when", out_.name, name.text()));
    const Expr& asked = c_.program_.exprs[c_.program_.roots[callback.when]];
    if (asked.op == Op::equal && c_.program_.exprs[asked.args[0]].op == Op::parameter &&
        c_.program_.exprs[asked.args[1]].op == Op::parameter) {
      const Expr& right = c_.program_.exprs[asked.args[1]];
      c_.report(Code::type_mismatch, right.place, "this compares two names of the provider's with each other",
                "a name, not a text", fmt::format("A text stands in quotes: \"{}\".", right.path));
    }
  }
  callback.message = std::string(node.children(Kind::path).back().text());
  out.callbacks.push_back(std::move(callback));
}

}  // namespace fairlead::compiler
