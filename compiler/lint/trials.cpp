// Tests and simulations that show less than they seem to.
#include <filesystem>

#include "compiler/lint/families.hpp"

namespace fairlead::compiler::lint {

namespace {

void names(const Subject& subject, Kind kind, std::string_view what, Findings& found) {
  std::map<std::string, Node> known;
  for (const Node& node : declarations(subject, kind)) {
    const Node name = node.child(Kind::text);
    const auto [first, fresh] = known.emplace(words(name), name);
    if (fresh) continue;
    Diagnostic& d =
        found.add(Code::test_name_twice, place_of(subject, name), fmt::format("two {} have this name", what),
                  "the second one", "Rename one of them, so that a report says which one failed.");
    const Place at = place_of(subject, first->second);
    d.secondary.push_back({at.file, at.span, "the first one"});
  }
}

void people(const Subject& subject, Node simulate, const std::string& from, Findings& found) {
  if (subject.folder.empty() || from.empty()) return;
  const std::filesystem::path file = std::filesystem::path(subject.folder) / from;
  std::error_code unseen;
  if (std::filesystem::exists(file, unseen)) return;
  for (const Node& clause : simulate.child(Kind::block).children(Kind::clause)) {
    if (clause.has("from"))
      found.add(Code::missing_people, place_of(subject, clause.child(Kind::text)),
                fmt::format("there is no file {} here", from), "not found",
                "The path begins at the project's folder. Make the file before you simulate.");
  }
}

void time(const Subject& subject, Node simulate, const bytecode::Simulation& simulation, Findings& found) {
  for (const Node& expect : simulate.child(Kind::block).children(Kind::expect)) {
    const Node name = expect.child(Kind::name);
    const auto goals = subject.program.names.find(NameKind::goal);
    if (!name || goals == subject.program.names.end()) continue;
    const auto goal = goals->second.find(name.text());
    if (goal == goals->second.end()) continue;
    const Duration within = subject.program.module.goals[goal->second.index].within;
    if (simulation.run >= within || simulation.run <= Duration{}) continue;
    found.add(Code::run_too_short, place_of(subject, name),
              fmt::format("the simulation runs {}, but `{}` may take {}", to_string(simulation.run), name.text(),
                          to_string(within)),
              "over too early to tell", fmt::format("Run it longer than {}.", to_string(within)));
  }
}

void reactions(const Subject& subject, Node simulate, Findings& found) {
  const bytecode::Module& module = subject.program.module;
  for (const Node& reaction : simulate.child(Kind::block).children(Kind::reaction)) {
    const Node cause = reaction.children().front();
    const Node content = cause.child(Kind::argument).child(Kind::expression).child(Kind::path);
    if (!cause.is(Kind::call) || !content) continue;
    const bool sent = std::any_of(module.steps.begin(), module.steps.end(), [&](const bytecode::Step& step) {
      return step.kind == bytecode::StepKind::send && step.content != none &&
             module.contents[step.content].name == content.text();
    });
    // A content that nothing else speaks of has been reported where it is declared.
    if (sent) continue;
    found.add(Code::reaction_to_nothing, place_of(subject, cause),
              fmt::format("no workflow sends `{}`, so nobody can react to it", content.text()), "never happens",
              "Send it in a workflow, or remove this line.");
  }
}

}  // namespace

void weak_trials(const Subject& subject, Findings& found) {
  names(subject, Kind::test, "tests", found);
  names(subject, Kind::simulate, "simulations", found);
  const grammar::Nodes simulations = declarations(subject, Kind::simulate);
  for (std::size_t i = 0; i < simulations.size() && i < subject.program.module.simulations.size(); ++i) {
    const bytecode::Simulation& simulation = subject.program.module.simulations[i];
    people(subject, simulations[i], simulation.from, found);
    time(subject, simulations[i], simulation, found);
    reactions(subject, simulations[i], found);
  }
}

}  // namespace fairlead::compiler::lint
