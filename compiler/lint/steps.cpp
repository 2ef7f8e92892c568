// Steps that do nothing, do the same whatever happens, or wait for what cannot come.
#include "compiler/lint/families.hpp"

namespace fairlead::compiler::lint {

namespace {

std::string_view content_of(Node send) {
  const Node call = send.child(Kind::call);
  return (call ? call.child(Kind::name) : send.child(Kind::name)).text();
}

/// What may have been sent before each wait.
class Sent {
  using Contents = std::vector<std::string_view>;  // each once

 public:
  Sent(const Subject& subject, Findings& found) : subject_(subject), found_(found) {}

  void of(Node block) {
    Contents sent;
    sequence(block, sent);
  }

 private:
  static bool contains(const Contents& sent, std::string_view content) {
    return std::find(sent.begin(), sent.end(), content) != sent.end();
  }
  static void add(Contents& sent, std::string_view content) {
    if (!contains(sent, content)) sent.push_back(content);
  }

  void sequence(Node block, Contents& sent) {
    for (const Node& step : steps_of(block)) {
      if (step.is(Kind::send)) {
        add(sent, content_of(step));
      } else if (step.is(Kind::wait_up_to)) {
        for (const Node& arm : step.children(Kind::arm)) wait(arm, sent);
        inside(step, sent);
      } else if (step.is(Kind::if_step) || step.is(Kind::choose)) {
        inside(step, sent);
      } else {
        // It may go round: what it sends late may have been sent when it begins again.
        each_node(step, [&](const Node& node) {
          if (node.is(Kind::send)) add(sent, content_of(node));
        });
        inside(step, sent);
      }
    }
  }

  void inside(Node step, Contents& sent) {
    Contents after = sent;
    for (const Node& block : blocks_of(step)) {
      if (is_empty(block)) continue;
      Contents here = sent;
      sequence(block, here);
      // What was sent before stands at the front of both.
      for (std::size_t i = sent.size(); i < here.size(); ++i) add(after, here[i]);
    }
    sent = std::move(after);
  }

  void wait(Node arm, const Contents& sent) {
    const Node content = arm.after("of");
    if (!content || contains(sent, content.text())) return;
    found_.add(Code::awaits_unsent, place_of(subject_, content),
               fmt::format("`{}` is not sent before this wait, so nobody can answer it", content.text()),
               "not sent yet",
               fmt::format("Send it first, with `send {}`; or name the content that was sent.", content.text()));
  }

  const Subject& subject_;
  Findings& found_;
};

/// Messages that follow each other with no wait between.
void same_sends(const Subject& subject, const std::vector<Node>& sends, Findings& found) {
  if (sends.size() < 2) return;
  std::map<std::string, Node> said;
  for (const Node& send : sends) {
    const auto [first, fresh] = said.emplace(words(send), send);
    if (fresh) continue;
    Diagnostic& d = found.add(Code::sent_twice, place_of(subject, send),
                              fmt::format("`{}` is sent twice, with no wait between", content_of(send)),
                              "the second time", "Remove one of them, or let some time pass before the second.");
    const Place at = place_of(subject, first->second);
    d.secondary.push_back({at.file, at.span, "the first time"});
  }
}

void sent_twice(const Subject& subject, Node block, Findings& found) {
  std::vector<Node> sends;
  for (const Node& step : steps_of(block)) {
    if (step.is(Kind::send)) {
      sends.push_back(step);
    } else if (!step.is(Kind::set)) {
      same_sends(subject, sends, found);
      sends.clear();
    }
  }
  same_sends(subject, sends, found);
}

void branch(const Subject& subject, Node node, Findings& found) {
  const Place condition = place_of(subject, node.child(Kind::expression));
  const grammar::Nodes all = blocks_of(node);
  if (std::all_of(all.begin(), all.end(), is_empty)) {
    found.add(Code::empty_branches, condition, "nothing happens here, whatever the answer", "asked for nothing",
              "Say what should happen, or remove the `if`.");
    return;
  }
  const grammar::Nodes blocks = node.children(Kind::block);
  if (blocks.size() == 2 && same_words(blocks[0], blocks[1]))
    found.add(Code::identical_branches, condition, "the same happens whether this holds or not", "makes no difference",
              "Remove the `if` and keep its steps, or mend one of its sides.");
}

void options(const Subject& subject, Node choose, Findings& found) {
  std::map<std::string, Node> bodies;
  for (const Node& option : choose.child(Kind::block).children(Kind::option)) {
    const Node name = option.child(Kind::name);
    const auto [first, fresh] = bodies.emplace(words(option.child(Kind::block)), name);
    if (fresh) continue;
    Diagnostic& d = found.add(Code::identical_options, place_of(subject, name),
                              fmt::format("the options `{}` and `{}` do the same, so there is nothing to learn",
                                          first->second.text(), name.text()),
                              "does the same", "Remove one of them, or let it do something else.");
    const Place at = place_of(subject, first->second);
    d.secondary.push_back({at.file, at.span, "as this one"});
  }
}

void long_wait(const Subject& subject, Node wait, Findings& found) {
  constexpr std::int64_t year = std::int64_t{366} * 86'400'000;
  const Expr* length = meaning(subject, wait.child(Kind::expression));
  if (length == nullptr || length->op != Op::constant || !length->type.is(TypeKind::duration) ||
      length->constant().units <= year)
    return;
  found.add(Code::long_wait, length->place, "this wait is longer than a year", "that long?",
            "Few projects, and few addresses, last that long. If it is meant, say so: `// lint off long_wait: …`.");
}

}  // namespace

void idle_steps(const Subject& subject, Findings& found) {
  std::set<std::pair<std::uint32_t, std::uint32_t>>
      chained;  // the `if` of an `else if` is looked at with its first one
  each_own_node(subject, [&](const Node& node) {
    switch (node.kind()) {
      case Kind::block: sent_twice(subject, node, found); break;
      case Kind::wait:
      case Kind::wait_up_to: long_wait(subject, node, found); break;
      case Kind::choose: options(subject, node, found); break;
      case Kind::if_step:
        if (const Node next = node.child(Kind::if_step)) chained.insert({place_of(subject, next).file, next.index()});
        if (!chained.contains({place_of(subject, node).file, node.index()})) branch(subject, node, found);
        break;
      case Kind::set:
        if (same_words(node.child(Kind::path), node.child(Kind::expression)))
          found.add(Code::set_to_itself, place_of(subject, node),
                    fmt::format("`{}` is set to what it is already", node.child(Kind::path).text()), "changes nothing",
                    "Set it to another value, or remove the step.");
        break;
      default: break;
    }
  });
  for (const Node& workflow : declarations(subject, Kind::workflow)) {
    const Node steps = workflow.child(Kind::block).child(Kind::steps);
    if (!steps) continue;
    const grammar::Nodes all = steps_of(steps.child(Kind::block));
    if (all.empty()) {
      found.add(Code::empty_workflow, place_of(subject, steps.children().front()),
                fmt::format("the workflow `{}` does nothing", workflow.child(Kind::name).text()), "no steps",
                "Add steps, like `send welcome`, or remove the workflow.");
    } else if (all.back().is(Kind::stop) && all.size() > 1) {
      found.add(Code::stop_at_end, place_of(subject, all.back()), "a workflow ends by itself after its last step",
                "not needed", "Remove it.");
    }
    Sent(subject, found).of(steps.child(Kind::block));
  }
}

}  // namespace fairlead::compiler::lint
