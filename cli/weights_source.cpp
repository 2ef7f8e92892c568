// fairlead weights DB --as-source: what was learned, as a patch of the project's files. Each option starts with the
// share that it has by now, above its floor.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <numeric>

#include "cli/weights.hpp"
#include "grammar/tree.hpp"

namespace fairlead::cli {

namespace {

using grammar::Kind;
using grammar::Node;

/// A part of a file that gets another text; nothing of it breaks a line.
struct Edit {
  grammar::Span span;
  std::string text;
};

/// Tenths of a per cent that come to 100% exactly: the shares above the floors.
std::vector<int> tenths(const bytecode::Choice& choice, const std::vector<std::uint32_t>& shares) {
  std::vector<double> above;
  for (std::size_t i = 0; i < shares.size(); ++i) {
    const double floor = choice.explore.to_double() + choice.options[i].at_least.to_double();
    above.push_back(std::max(0.0, static_cast<double>(shares[i]) / 1e9 - floor));
  }
  const double sum = std::accumulate(above.begin(), above.end(), 0.0);
  std::vector<int> out;
  for (const double x : above) out.push_back(sum > 0 ? static_cast<int>(x / sum * 1000) : 0);
  int left = 1000 - std::accumulate(out.begin(), out.end(), 0);
  if (sum <= 0) return std::vector<int>(shares.size(), 1000 / static_cast<int>(shares.size()));
  std::vector<std::size_t> order(out.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const auto rest = [&](std::size_t i) { return above[i] / sum * 1000 - out[i]; };
  std::ranges::stable_sort(order, std::greater{}, rest);
  for (std::size_t i = 0; left > 0; ++i, --left) ++out[order[i % order.size()]];
  return out;
}

std::string percent(int tenth) {
  return tenth % 10 == 0 ? fmt::format("{}%", tenth / 10) : fmt::format("{}.{}%", tenth / 10, tenth % 10);
}

/// Every `choose` of a file.
void each_choose(Node node, const std::function<void(Node)>& act) {
  if (node.is(Kind::choose)) act(node);
  for (const Node& child : node.children()) each_choose(child, act);
}

void start_with(Node choose, const bytecode::Choice& choice, const std::vector<std::uint32_t>& shares,
                std::vector<Edit>& edits) {
  const std::vector<int> starts = tenths(choice, shares);
  for (const Node& option : choose.child(Kind::block).children(Kind::option)) {
    const Node name = option.child(Kind::name);
    const auto at = std::ranges::find(choice.options, name.text(), &bytecode::Option::name);
    if (at == choice.options.end()) continue;
    const std::string share = percent(starts[static_cast<std::size_t>(at - choice.options.begin())]);
    Node literal;
    for (const Node& clause : option.children(Kind::clause)) {
      if (clause.has("start"))
        literal = clause.child(Kind::percent) ? clause.child(Kind::percent) : clause.child(Kind::number);
    }
    if (literal) {
      if (literal.text() != share) edits.push_back({literal.span(), share});
    } else {
      edits.push_back({{name.span().end, name.span().end}, " start " + share});
    }
  }
}

/// The lines of a text, each with its break.
std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> out;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size() - 1) + 1;
    out.push_back(text.substr(at, end - at));
    at = end;
  }
  return out;
}

std::string line_of(char sign, const std::string& line) {
  return fmt::format("{}{}{}", sign, line, line.ends_with('\n') ? "" : "\n\\ No newline at end of file\n");
}

/// Both have as many lines: a line is another, or it is the same.
std::string unified(const std::string& path, const std::vector<std::string>& before,
                    const std::vector<std::string>& after) {
  constexpr std::size_t around = 3;
  std::string out = fmt::format("--- a/{}\n+++ b/{}\n", path, path);
  for (std::size_t at = 0; at < before.size();) {
    if (before[at] == after[at]) {
      ++at;
      continue;
    }
    const std::size_t begin = at < around ? 0 : at - around;
    std::size_t last = at;
    for (std::size_t i = at; i < before.size() && i <= last + 2 * around; ++i) last = before[i] == after[i] ? last : i;
    const std::size_t end = std::min(before.size(), last + around + 1);
    out += fmt::format("@@ -{},{} +{},{} @@\n", begin + 1, end - begin, begin + 1, end - begin);
    for (std::size_t i = begin; i < end;) {
      if (before[i] == after[i]) {
        out += line_of(' ', before[i++]);
        continue;
      }
      std::size_t same = i;
      while (same < end && before[same] != after[same]) ++same;
      for (std::size_t k = i; k < same; ++k) out += line_of('-', before[k]);
      for (std::size_t k = i; k < same; ++k) out += line_of('+', after[k]);
      i = same;
    }
    at = end;
  }
  return out;
}

std::string patch(const grammar::Source& source, std::vector<Edit> edits, const std::filesystem::path& folder) {
  const std::string before(source.text());
  std::string after = before;
  std::ranges::sort(edits, std::greater{}, [](const Edit& e) { return e.span.begin; });
  for (const Edit& edit : edits) after.replace(edit.span.begin, edit.span.end - edit.span.begin, edit.text);
  const std::filesystem::path relative = std::filesystem::path(source.path()).lexically_relative(folder);
  const std::string path = relative.empty() || *relative.begin() == ".." ? source.path() : relative.generic_string();
  return unified(path, lines_of(before), lines_of(after));
}

}  // namespace

void print_as_source(const engine::View& view, const std::string& project, const std::string& only, int& exit_code) {
  const std::optional<compiler::Compiled> compiled = compiled_or_report(project, exit_code);
  if (!compiled) return;
  const bytecode::Module& module = *compiled->module;
  std::size_t edited = 0, of_another_project = 0;
  for (std::size_t f = 0; f < compiled->own; ++f) {
    const grammar::Source& source = compiled->files[f];
    const grammar::Parsed parsed = grammar::parse(source, static_cast<std::uint32_t>(f));
    std::vector<Edit> edits;
    for (const bytecode::Workflow& workflow : module.workflows) {
      for (const bytecode::Index s : workflow.steps) {
        const bytecode::Step& step = module.steps[s];
        if (step.choice == bytecode::none || workflow.file != source.path()) continue;
        const bytecode::Choice& choice = module.choices[step.choice];
        if (!only.empty() && choice.key != only && !choice.key.ends_with("/" + only)) continue;
        const auto learned = view.ledger.choices().find(choice.key);
        if (learned == view.ledger.choices().end() || learned->second.history.empty()) continue;
        if (!std::ranges::equal(learned->second.spec.options, choice.options, {}, {}, &bytecode::Option::name)) {
          ++of_another_project;
          continue;
        }
        each_choose(parsed.tree.root(), [&](Node choose) {
          if (source.line(choose.span().begin) == step.line)
            start_with(choose, choice, learned->second.history.back().shares, edits);
        });
      }
    }
    if (edits.empty()) continue;
    ++edited;
    fmt::print("{}", patch(source, std::move(edits), folder_of(project)));
  }
  if (of_another_project > 0)
    fmt::print(stderr,
               "fairlead: {} of the choices have other options in the project than in the store; they are left out\n",
               of_another_project);
  if (edited == 0) {
    fmt::print(stderr, "fairlead: nothing to write: no choice of {} starts otherwise than it stands by now\n", project);
  } else {
    fmt::print(
        stderr,
        "fairlead: `git apply` in the project's folder takes it; a choice whose starts change begins anew with them "
        "when it is deployed\n");
  }
}

}  // namespace fairlead::cli
