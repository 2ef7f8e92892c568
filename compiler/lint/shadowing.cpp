// Names that hide another of the same name: the reader may take one for the other.
#include "compiler/lint/families.hpp"

namespace fairlead::compiler::lint {

namespace {

struct Bound {
  std::string_view name;
  Place place;
  std::uint32_t until;  // where the arm ends, in which it is bound
};

class Walk {
 public:
  Walk(const Subject& subject, Findings& found) : subject_(subject), found_(found) {}

  /// Goes through the names that the arms of a workflow bind, outer ones first.
  void arms(Node workflow) {
    std::vector<Node> all;
    each_node(workflow, [&](const Node& node) {
      if (node.is(Kind::arm) && node.after("as")) all.push_back(node);
    });
    std::sort(all.begin(), all.end(), [](const Node& a, const Node& b) { return a.span().begin < b.span().begin; });
    std::vector<Bound> bound;
    for (const Node& arm : all) {
      while (!bound.empty() && bound.back().until <= arm.span().begin) bound.pop_back();
      bind(arm.after("as"), arm.span().end, bound);
    }
  }

 private:
  void bind(Node name, std::uint32_t until, std::vector<Bound>& bound) {
    const std::string_view text = name.text();
    const Place at = place_of(subject_, name);
    const auto hidden = std::find_if(bound.rbegin(), bound.rend(), [&](const Bound& b) { return b.name == text; });
    if (text == "event" || text == "contact") {
      found_.add(Code::shadowed_name, at,
                 text == "event" ? std::string("this name hides the event that the workflow was entered on")
                                 : std::string("this name is the contact's"),
                 fmt::format("hides `{}`", text), "Give it another name, like `as click`.");
    } else if (hidden != bound.rend()) {
      Diagnostic& d = found_.add(Code::shadowed_name, at, fmt::format("this `{}` hides the one around it", text),
                                 "the inner one", "Give one of them another name.");
      d.secondary.push_back({hidden->place.file, hidden->place.span, "the outer one, which cannot be read in between"});
    }
    bound.push_back({text, at, until});
  }

  const Subject& subject_;
  Findings& found_;
};

}  // namespace

void shadowed_names(const Subject& subject, Findings& found) {
  Walk walk(subject, found);
  for (const Node& workflow : declarations(subject, Kind::workflow)) walk.arms(workflow);
  for (const Node& content : declarations(subject, Kind::content)) {
    for (const Node& parameter : content.children(Kind::parameter)) {
      const Node name = parameter.child(Kind::name);
      if (name.text() != "now" && name.text() != "today" && name.text() != "contact") continue;
      found.add(Code::shadowed_name, place_of(subject, name),
                fmt::format("this parameter hides `{}`, which the language has already", name.text()),
                fmt::format("hides `{}`", name.text()), "Give it another name.");
    }
  }
}

}  // namespace fairlead::compiler::lint
