#include "tests/proofs/replay.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace fairlead::soundness {

using bytecode::CounterKind;
using bytecode::Index;
using bytecode::none;
using bytecode::RuleKind;
using compiler::diff::Given;
using compiler::proof::Note;
using compiler::proof::Obligation;

namespace {

/// What an example can speak of that a rule can ask, by its words.
std::map<std::string, FieldType, std::less<>> names_of(const bytecode::Module& module) {
  std::map<std::string, FieldType, std::less<>> out;
  const auto plain = [](TypeKind kind) {
    FieldType type;
    type.kind = kind;
    return type;
  };
  for (const bytecode::Field& field : module.fields) out.emplace("contact." + field.name, field.type);
  for (const bytecode::Counter& counter : module.counters) {
    const bytecode::EventField* field =
        counter.field == none ? nullptr : &module.events[counter.event].fields[counter.field];
    switch (counter.kind) {
      case CounterKind::count: out.emplace(counter.key, plain(TypeKind::number)); break;
      case CounterKind::sum: out.emplace(counter.key, field->type); break;
      case CounterKind::last:
        out.emplace("since " + counter.key, plain(TypeKind::duration));
        if (field != nullptr)
          out.emplace(fmt::format("last({}).{}", module.events[counter.event].name, field->name), field->type);
    }
  }
  out.emplace("now", plain(TypeKind::instant));
  out.emplace("today", plain(TypeKind::date));
  out.emplace("the time of day", plain(TypeKind::time));
  return out;
}

/// False where the words are no value of the type.
bool read_value(std::string_view words, Given& given) {
  const auto& type = given.type;
  switch (type.kind) {
    case TypeKind::boolean:
    case TypeKind::number:
    case TypeKind::money:
    case TypeKind::duration:
    case TypeKind::instant:
    case TypeKind::date:
    case TypeKind::time: {
      Arena arena;
      const Result<Value> value = parse_value(words, type, arena);
      if (!value) return false;
      const bool decimal = type.kind == TypeKind::number || type.kind == TypeKind::money;
      given.units = decimal ? value->as_decimal().units() : value->as_integer();
      return true;
    }
    case TypeKind::list: return false;
    case TypeKind::enumeration: given.text = words; return std::ranges::find(type.members, words) != type.members.end();
    default: given.text = words; return words == "something else" || words.starts_with('"');
  }
}

/// Of a rule that closes a project: that none of what it allows allows it.
bool breaks(const bytecode::Module& module, const vm::Program& program, const Bystander& somebody,
            const Sending& sending, const Obligation& o) {
  using Says = Bystander::Says;
  if (module.rules[o.rule].kind != RuleKind::closed)
    return somebody.asked(module, program, sending, o.rule) != Says::no;
  return std::ranges::none_of(module.workflows[sending.workflow].rules, [&](Index r) {
    const bytecode::Rule& rule = module.rules[r];
    return rule.kind == RuleKind::allow && rule.effect == bytecode::Effect::send &&
           (rule.workflow == none || rule.workflow == sending.workflow) &&
           (rule.channels.empty() || std::ranges::find(rule.channels, sending.channel) != rule.channels.end()) &&
           somebody.asked(module, program, sending, r) == Says::yes;
  });
}

}  // namespace

std::optional<std::vector<Given>> read_example(const bytecode::Module& module, const std::vector<Note>& example,
                                               std::string& why) {
  const auto names = names_of(module);
  std::vector<Given> out;
  for (const Note& note : example) {
    const std::string& words = note.words;
    Given given;
    if (const std::size_t end = words.find(" somewhere in the country is "); end != std::string::npos) {
      given.name = words.substr(0, end + 25);
      given.units = words.ends_with("true") ? 1 : 0;
      out.push_back(std::move(given));
      continue;
    }
    if (const std::size_t colon = words.find(": "); colon != std::string::npos && !words.starts_with("contact.")) {
      const std::string_view said = std::string_view(words).substr(colon + 2);
      if (said == "yes" || said == "no") {
        given.name = words.substr(0, colon);
        given.units = said == "yes" ? 1 : 0;
        out.push_back(std::move(given));
        continue;
      }
    }
    // A question about the past may have ` is ` in it: so the name is looked for, and not the word.
    const auto known =
        std::ranges::find_if(names, [&](const auto& one) { return words.starts_with(one.first + " is "); });
    if (words == "no example in round numbers was found") {
      why = words;
      return std::nullopt;
    }
    if (known == names.end()) {
      continue;  // of the workflow alone, such as what an event said: no rule can ask it
    }
    given.name = known->first;
    given.type = known->second;
    const std::string_view value = std::string_view(words).substr(given.name.size() + 4);
    given.absent = value == "absent";
    given.presence = given.absent || value == "there";
    if (!given.presence && !read_value(value, given)) {
      why = fmt::format("`{}` is no value", words);
      return std::nullopt;
    }
    out.push_back(std::move(given));
  }
  return out;
}

Replay replay(const bytecode::Module& module, const vm::Program& program, const Obligation& o, Dice& dice,
              int several) {
  Replay out;
  const auto given = read_example(module, o.example, out.why);
  if (!given) return out;
  const Sending sending{o.site.workflow, module.steps[o.site.step].content, o.site.channel};
  int are = 0;
  for (int tries = 0; are < several && tries < several * 20; ++tries) {
    Bystander somebody(module, dice);
    if (!somebody.become(*given)) continue;
    ++are;
    if (!breaks(module, program, somebody, sending, o)) return {Replayed::harmless, somebody.story()};
  }
  if (are == 0) {
    out.why = "no clock shows it";
    return out;
  }
  return {Replayed::breaks, ""};
}

}  // namespace fairlead::soundness
