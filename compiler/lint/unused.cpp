// Declarations that nothing uses. What only tests and simulations speak of does nothing when the project runs, so these
// do not count; a goal that a simulation measures is used.
#include <unordered_set>

#include "compiler/lint/families.hpp"

namespace fairlead::compiler::lint {

namespace {

/// The stretches of the files that are tests and simulations.
class Trials {
 public:
  explicit Trials(const Subject& subject) {
    for (const Kind kind : {Kind::test, Kind::simulate}) {
      for (const Node& node : declarations(subject, kind)) {
        const Place at = place_of(subject, node);
        ends_.emplace(std::pair(at.file, at.span.begin), at.span.end);
      }
    }
  }
  [[nodiscard]] bool contain(Place at) const {
    const auto next = ends_.upper_bound({at.file, at.span.begin});
    return next != ends_.begin() && std::prev(next)->first.first == at.file && at.span.end <= std::prev(next)->second;
  }

 private:
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::uint32_t> ends_;  // by file and beginning
};

struct Names {
  NameKind kind;
  Code code;
  bool trials_count;
  std::string_view message, label, help;
};

constexpr Names families[] = {
    {NameKind::segment, Code::unused_segment, false, "nothing asks for the segment `{}`", "never asked",
     "Ask for it, with `contact is {}`, or remove it."},
    {NameKind::event, Code::unused_event, false, "nothing listens to the event `{}`", "does nothing",
     "Enter a workflow on it, wait for it or count it, or remove it; `{}` would change nothing."},
    {NameKind::content, Code::unused_content, false, "no workflow sends `{}`", "never sent",
     "Send it, with `send {}`, or remove it."},
    {NameKind::goal, Code::unused_goal, true, "nothing works toward the goal `{}`", "never measured",
     "Say in a workflow or a choice that it is the goal, with `toward {}`, or remove it."},
    {NameKind::channel, Code::unused_channel, false, "no content is for the channel `{}`", "nothing to say on it",
     "Add texts for it to a content, with `{} {{ … }}`, or remove it."},
    {NameKind::type, Code::unused_type, true, "nothing is of the type `{}`", "never used",
     "Declare a field of it, like `field: {}`, or remove it."},
};

/// Whether a field does something without being spoken of: it tells people apart, or whose clock counts.
bool speaks_for_itself(const bytecode::Field& field) {
  return field.key || field.zone || field.country;
}

void fields(const Subject& subject, const Trials& trials, Findings& found) {
  const Program& program = subject.program;
  const auto& all = program.module.fields;
  std::vector<bool> used(all.size());
  for (const Expr& expr : program.exprs) {
    if (expr.op == Op::field && expr.ref < used.size() && !trials.contain(expr.place)) used[expr.ref] = true;
  }
  // A consent is three fields with one name; one of them is enough.
  std::map<std::uint32_t, bool> at_name;
  std::vector<Place> where;
  for (const bytecode::Field& field : all) where.push_back(program.field_places.find(field.name)->second);
  const auto key = [&](std::size_t i) { return where[i].span.begin; };
  for (std::size_t i = 0; i < all.size(); ++i) at_name[key(i)] = at_name[key(i)] || used[i];
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (at_name[key(i)] || speaks_for_itself(all[i])) continue;
    at_name[key(i)] = true;  // once for each name
    found.add(Code::unused_field, where[i], fmt::format("nothing reads the field `{}` of the contact", all[i].name),
              "never read", "If it is only kept for others, silence this with a reason; otherwise remove the field.");
  }
}

}  // namespace

void unused_names(const Subject& subject, Findings& found) {
  const Program& program = subject.program;
  const Trials trials(subject);
  using Mentioned = std::map<NameKind, std::unordered_set<std::string_view>>;
  Mentioned used;
  Mentioned tried;
  for (const Mention& use : program.mentions) (trials.contain(use.place) ? tried : used)[use.kind].insert(use.name);
  for (const Names& family : families) {
    const auto declared = program.names.find(family.kind);
    if (declared == program.names.end()) continue;
    for (const auto& [name, at] : declared->second) {
      if (!own(subject, at.place) || used[family.kind].contains(name)) continue;
      const bool only_tried = tried[family.kind].contains(name);
      if (only_tried && family.trials_count) continue;
      found.add(family.code, at.place, fmt::format(fmt::runtime(family.message), name),
                only_tried ? "only tests and simulations speak of it" : std::string(family.label),
                fmt::format(fmt::runtime(family.help), name));
    }
  }
  fields(subject, trials, found);
}

void unused_parameters(const Subject& subject, Findings& found) {
  // Read places, by file and offset, so that those inside of a declaration lie side by side.
  using At = std::pair<std::uint32_t, std::uint32_t>;
  std::vector<std::pair<At, const Expr*>> reads;
  for (const Expr& expr : subject.program.exprs) {
    if (expr.op == Op::parameter || expr.op == Op::event)
      reads.emplace_back(At(expr.place.file, expr.place.span.begin), &expr);
  }
  const auto earlier = [](const auto& a, const auto& b) { return a.first < b.first; };
  std::sort(reads.begin(), reads.end(), earlier);
  const auto read_in = [&](Place in, std::string_view name, bool whole) {
    const std::pair<At, const Expr*> from{{in.file, in.span.begin}, nullptr};
    for (auto at = std::lower_bound(reads.begin(), reads.end(), from, earlier);
         at != reads.end() && at->first < At(in.file, in.span.end); ++at) {
      const std::string_view path = at->second->path;
      if (whole ? path == name : path.starts_with(name) && path.substr(name.size()).starts_with(".")) return true;
    }
    return false;
  };
  std::set<std::string_view> in_templates;  // which content they belong to does not show
  for (const auto& [at, expr] : reads) {
    if (at.first >= subject.own && expr->op == Op::parameter) in_templates.insert(expr->path);
  }
  for (const Node& content : declarations(subject, Kind::content)) {
    for (const Node& parameter : content.children(Kind::parameter)) {
      const Node name = parameter.child(Kind::name);
      if (in_templates.contains(name.text()) || read_in(place_of(subject, content), name.text(), true)) continue;
      found.add(Code::unused_parameter, place_of(subject, name),
                fmt::format("`{}` is given to `{}`, but no text of it says it", name.text(),
                            content.child(Kind::name).text()),
                "never read",
                fmt::format("Say it, with `{{{}}}` in a text, or remove it here and where it is sent.", name.text()));
    }
  }
  each_own_node(subject, [&](const Node& arm) {
    if (arm.kind() != Kind::arm) return;
    const Node name = arm.after("as");
    if (!name || read_in(place_of(subject, arm), name.text(), false)) return;
    found.add(Code::unused_binding, place_of(subject, name),
              fmt::format("the event is called `{}` here, but nothing asks what it said", name.text()), "never read",
              fmt::format("Leave out `as {}`.", name.text()));
  });
}

}  // namespace fairlead::compiler::lint
