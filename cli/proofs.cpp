// fairlead proofs: for every effect and every rule that is about it, whether it can break the rule, and who does; and
// with
// --bounds how much can come together. `fairlead explain RULE at FILE:LINE` tells of one of them.
#include "cli/proofs.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

#include "cli/command.hpp"
#include "compiler/proof/cache.hpp"

namespace fairlead::cli {

namespace {

using compiler::Compiled;
using compiler::Place;
using compiler::proof::Bound;
using compiler::proof::Note;
using compiler::proof::Obligation;
using compiler::proof::Verdict;

struct Options {
  std::string path = ".";
  std::string rule, cache;
  bool json = false;
  bool bounds = false;
};

std::string spot(const Compiled& compiled, Place place) {
  const grammar::Source& source = compiled.files[place.file];
  return fmt::format("{}:{}", source.path(), source.line(place.span.begin));
}

std::string coloured(Verdict verdict, bool colour) {
  const std::string word = fmt::format("{:<11}", to_string(verdict));
  if (!colour) return word;
  const char* shade = verdict == Verdict::proved ? "32" : verdict == Verdict::broken ? "31" : "33";
  return fmt::format("\x1b[{}m{}\x1b[0m", shade, word);
}

std::string somebody(const Obligation& o) {
  std::string out;
  for (const Note& note : o.example) out += fmt::format("{}{}", out.empty() ? "" : ", ", note.words);
  return out;
}

nlohmann::json notes(const Compiled& compiled, const std::vector<Note>& all) {
  nlohmann::json out = nlohmann::json::array();
  for (const Note& note : all) {
    const grammar::Source& source = compiled.files[note.place.file];
    out.push_back({{"file", source.path()}, {"line", source.line(note.place.span.begin)}, {"says", note.words}});
  }
  return out;
}

nlohmann::json json_of(const Compiled& compiled, const Obligation& o) {
  nlohmann::json example = nlohmann::json::array();
  for (const Note& note : o.example) example.push_back(note.words);
  const grammar::Source& source = compiled.files[o.at.file];
  nlohmann::json waived;
  if (o.waived) {
    waived = {{"until", to_string(o.waived->until)}, {"by", o.waived->signed_by}, {"because", o.waived->because}};
  }
  return {{"rule", o.rule_name},
          {"workflow", o.workflow},
          {"at", o.key},
          {"name", o.name},
          {"file", source.path()},
          {"line", source.line(o.at.span.begin)},
          {"verdict", to_string(o.verdict)},
          {"because", o.because},
          {"waived", waived},
          {"facts", notes(compiled, o.facts)},
          {"way", notes(compiled, o.way)},
          {"example", example}};
}

template <class T>
std::string most(const std::optional<T>& value) {
  if constexpr (std::is_same_v<T, Decimal>) {
    return value ? value->to_string(2) : std::string("no end");
  } else {
    return value ? std::to_string(*value) : std::string("no end");
  }
}

nlohmann::json json_of(const Bound& bound) {
  const auto number = [](const auto& value) { return value ? nlohmann::json(*value) : nlohmann::json(); };
  const bool all = bound.workflow == bytecode::none;
  return {{"workflow", all ? nlohmann::json() : nlohmann::json(bound.name)},
          {"messages_a_day", number(bound.messages_a_day)},
          {"messages_in_7_days", number(bound.messages_a_week)},
          {"messages_in_30_days", number(bound.messages_a_month)},
          {"messages_ever", number(bound.messages_a_pass)},
          {"cost_in_31_days", bound.cost_a_month ? nlohmann::json(bound.cost_a_month->to_string()) : nlohmann::json()}};
}

/// The most that one contact can get, by what is proved of the flow alone: what guards hold back is not taken off.
void print_bounds(const Compiled& compiled) {
  if (compiled.proofs.bounds.empty()) return;
  const std::string currency = compiled.module ? compiled.module->currency : "";
  fmt::print("\nThe most that one contact can get, before any rule holds something back:\n");
  fmt::print("  {:<28} {:>12} {:>10} {:>11} {:>9} {:>16}\n", "", "in 24 hours", "in 7 days", "in 30 days", "ever",
             "cost in 31 days");
  for (const Bound& bound : compiled.proofs.bounds) {
    fmt::print("  {:<28} {:>12} {:>10} {:>11} {:>9} {:>12} {}\n",
               bound.workflow == bytecode::none ? "all together" : bound.name, most(bound.messages_a_day),
               most(bound.messages_a_week), most(bound.messages_a_month), most(bound.messages_a_pass),
               most(bound.cost_a_month), currency);
  }
}

void print_table(const std::vector<const Obligation*>& shown) {
  const bool colour = colours(STDOUT_FILENO);
  std::size_t widest = 0, longest = 0;
  for (const Obligation* o : shown) {
    widest = std::max(widest, o->name.size());
    longest = std::max(longest, o->rule_name.size());
  }
  std::string workflow;
  for (const Obligation* o : shown) {
    if (o->workflow != workflow) {
      fmt::print("{}workflow {}\n", workflow.empty() ? "" : "\n", o->workflow);
      workflow = o->workflow;
    }
    fmt::print("  {} {:<{}}  {:<{}}  {}{}\n", coloured(o->verdict, colour), o->name, widest, o->rule_name, longest,
               o->because, o->waived ? "; waived " + waived_words(*o->waived) : "");
    if (o->verdict == Verdict::guarded || o->verdict == Verdict::broken) {
      if (const std::string example = somebody(*o); !example.empty())
        fmt::print("              for example: {}\n", example);
    }
  }
}

void print_summary(const Compiled& compiled, const std::vector<const Obligation*>& shown) {
  const auto count = [&](Verdict verdict) {
    return std::count_if(shown.begin(), shown.end(), [verdict](const Obligation* o) { return o->verdict == verdict; });
  };
  fmt::print("\n{} pairs: {} proved, {} guarded, {} broken, {} where nobody comes", shown.size(),
             count(Verdict::proved), count(Verdict::guarded), count(Verdict::broken), count(Verdict::unreachable));
  const auto waived = std::count_if(shown.begin(), shown.end(), [](const Obligation* o) { return o->waived; });
  if (waived > 0) fmt::print("; {} of the guarded waived for now", waived);
  if (compiled.proofs.too_hard > 0) fmt::print("; {} too hard to tell", compiled.proofs.too_hard);
  fmt::print("\n`fairlead explain RULE at FILE:LINE` tells why\n");
}

void run(const Options& options, int& exit_code) {
  std::optional<compiler::proof::Cache> cache;
  if (!options.cache.empty()) cache.emplace(options.cache);
  const Compiled compiled = compiler::compile_path(options.path, {.lint = false, .cache = cache ? &*cache : nullptr});
  const bool known = !compiled.proofs.obligations.empty() || compiled.errors() == 0;
  if (!known) {
    print(compiled, false);
    exit_code = findings;
    return;
  }
  std::vector<const Obligation*> shown;
  for (const Obligation& o : compiled.proofs.obligations) {
    const bool wanted = options.rule.empty() || o.rule_name == options.rule ||
                        o.rule_name.substr(o.rule_name.find('.') + 1) == options.rule;
    if (wanted) shown.push_back(&o);
  }
  if (shown.empty() && !options.rule.empty()) {
    fmt::print(stderr, "fairlead: no rule `{}` is about anything here; `fairlead proofs` lists those that are\n",
               options.rule);
    exit_code = wrong_use;
    return;
  }
  std::stable_sort(shown.begin(), shown.end(),
                   [](const Obligation* a, const Obligation* b) { return a->workflow < b->workflow; });
  if (options.json) {
    nlohmann::json out;
    out["proofs"] = nlohmann::json::array();
    for (const Obligation* o : shown) out["proofs"].push_back(json_of(compiled, *o));
    if (options.bounds) {
      out["bounds"] = nlohmann::json::array();
      for (const Bound& bound : compiled.proofs.bounds) out["bounds"].push_back(json_of(bound));
    }
    fmt::print("{}\n", out.dump(2));
  } else {
    print_table(shown);
    print_summary(compiled, shown);
    if (options.bounds) print_bounds(compiled);
  }
  if (compiled.errors() != 0) exit_code = findings;
}

void tell(const Compiled& compiled, const Obligation& o) {
  const auto list = [&](const std::vector<Note>& notes) {
    for (const Note& note : notes) fmt::print("  {}: {}\n", spot(compiled, note.place), note.words);
  };
  fmt::print("{} and `{}` ({}): {}.\n\n  {}: {}\n\n", o.rule_name, o.name, spot(compiled, o.at), to_string(o.verdict),
             o.rule_name.substr(o.rule_name.find('.') + 1), o.rule_text);
  switch (o.verdict) {
    case Verdict::proved: {
      const bool facts = !o.facts.empty();
      fmt::print("Nobody who comes here can break it{}{}\n", facts ? ", by what is known:" : ": ",
                 facts ? "" : o.because + ".");
      list(o.facts);
      fmt::print(
          "It is proved for every contact and every order of events; docs/inside/proofs.md says on what that rests.\n");
      break;
    }
    case Verdict::unreachable: fmt::print("Nobody comes here: the conditions on the way exclude each other.\n"); break;
    case Verdict::guarded:
    case Verdict::broken: {
      fmt::print("{}.\n", o.by_law ? "It says `prove`, and " + o.because : "Somebody may break it: " + o.because);
      if (const std::string example = somebody(o); !example.empty()) fmt::print("For example: {}.\n", example);
      if (!o.way.empty()) {
        fmt::print("The way there:\n");
        list(o.way);
      }
      if (o.waived) {
        fmt::print(
            "So the rule is asked each time, just before it happens. What would break it is let pass {}, and is on "
            "record; after that it does not happen.\nThe reason: {}\n",
            waived_words(*o.waived), o.waived->because);
      } else if (o.verdict == Verdict::guarded) {
        fmt::print(
            "So the rule is asked each time, just before it happens, and what would break it does not happen.\n");
      }
      break;
    }
  }
}

}  // namespace

std::string bound_words(const Compiled& compiled) {
  const auto all = std::find_if(compiled.proofs.bounds.begin(), compiled.proofs.bounds.end(),
                                [](const Bound& bound) { return bound.workflow == bytecode::none; });
  if (all == compiled.proofs.bounds.end()) return "nothing";
  if (!all->messages_a_month) return "there is no end to it that the flow alone sets";
  const std::string cost = all->cost_a_month
                               ? fmt::format("{} {}", all->cost_a_month->to_string(2), compiled.module->currency)
                               : std::string("an amount that has no end");
  return fmt::format("at most {} message{} in 7 days and {} in 30 days, and {} in 31 days", most(all->messages_a_week),
                     all->messages_a_week == 1 ? "" : "s", most(all->messages_a_month), cost);
}

int explain_proof(const std::string& rule, const std::string& where) {
  const std::size_t colon = where.rfind(':');
  std::uint32_t line = 0;
  if (colon != std::string::npos) {
    for (const char c : where.substr(colon + 1))
      line = c >= '0' && c <= '9' ? line * 10 + static_cast<std::uint32_t>(c - '0') : 0;
  }
  if (line == 0) {
    fmt::print(stderr, "fairlead: `{}` is no place; write it like `nurture.lead:12`\n", where);
    return wrong_use;
  }
  const std::filesystem::path file = where.substr(0, colon);
  const std::string folder = file.has_parent_path() ? file.parent_path().string() : ".";
  const Compiled compiled = compiler::compile_path(folder, {.lint = false});
  bool told = false;
  std::vector<std::string> others;
  for (const Obligation& o : compiled.proofs.obligations) {
    const grammar::Source& source = compiled.files[o.at.file];
    std::error_code error;
    if (source.line(o.at.span.begin) != line || !std::filesystem::equivalent(source.path(), file, error)) continue;
    if (o.rule_name != rule && o.rule_name.substr(o.rule_name.find('.') + 1) != rule) {
      others.push_back(o.rule_name);
      continue;
    }
    if (told) fmt::print("\n");
    tell(compiled, o);
    told = true;
  }
  if (told) return fine;
  if (compiled.errors() != 0 && compiled.proofs.obligations.empty()) {
    print(compiled, false);
    return findings;
  }
  std::string help = "no rule is about what stands there; `fairlead proofs` lists what rules are about";
  if (!others.empty()) {
    std::sort(others.begin(), others.end());
    others.erase(std::unique(others.begin(), others.end()), others.end());
    help = fmt::format("what stands there is under {}", fmt::join(others, ", "));
  }
  fmt::print(stderr, "fairlead: `{}` says nothing of {}: {}\n", rule, where, help);
  return wrong_use;
}

void add_proofs(Session& session) {
  auto options = std::make_shared<Options>();
  CLI::App* command = session.app.add_subcommand(
      "proofs", "show for every message and call which rules are proved for it, and who may break the others");
  command->add_option("PATH", options->path, "a folder of .lead files, or one file")->capture_default_str();
  command->add_option("--rule", options->rule, "only this rule, like `brand.nights`");
  command->add_flag("--bounds", options->bounds, "also the most messages that one contact can get, and what they cost");
  command->add_option("--cache", options->cache, "a folder that keeps what was proved, for the next time")
      ->option_text("FOLDER");
  command->add_flag("--json", options->json, "print it as JSON");
  command->callback([options, &session] { run(*options, session.exit_code); });
}

}  // namespace fairlead::cli
