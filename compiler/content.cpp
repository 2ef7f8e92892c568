// Contents: what is said on each channel, as it is, as one of several, or written by a model.
#include "compiler/checker.hpp"
#include "grammar/vocabulary.hpp"

namespace fairlead::compiler {

using grammar::Code;
using grammar::Diagnostic;
using grammar::Kind;
using grammar::Node;

void Checker::content_head(Node node, Index index) {
  bytecode::Content& content = program_.module.contents[index];
  content.transactional = node.has("transactional");
  content.parameters = event_fields(node.children(Kind::parameter));
  content.file = files_[place(node).file].path();
}

bytecode::Slot Checker::slot(Node node, const SlotForm& form, const Scope& scope, const std::string& name) {
  bytecode::Slot out{.name = form.name, .text = none, .line = line(place(node.child(Kind::name)))};
  if (const Node several = node.child(Kind::one_of)) {
    out.one_of = adaptive(several, form, scope, name);
  } else if (const Node written = node.child(Kind::generated)) {
    out.generated = generated(written, form, scope, name, out.text);
  } else {
    out.text = add_function(slot_text(node.children().back(), form, scope), name);
  }
  return out;
}

std::vector<bytecode::SlotText> Checker::adaptive(Node node, const SlotForm& form, const Scope& scope,
                                                  const std::string& name) {
  std::vector<bytecode::SlotText> out;
  std::map<std::string, Place> seen;
  const grammar::Nodes texts = node.child(Kind::block).children(Kind::named_text);
  for (const Node& text : texts) {
    const Node label = text.child(Kind::name);
    const std::string word(label.text());
    const auto [at, fresh] = seen.emplace(word, place(label));
    if (!fresh) {
      Diagnostic& d = report(Code::duplicate_option, place(label), fmt::format("two texts are called `{}`", word),
                             "the second one", "Weights are kept by name: give each text its own.");
      d.secondary.push_back({at->second.file, at->second.span, "the first one"});
    }
    out.push_back(
        {word, add_function(slot_text(text.children().back(), form, scope), fmt::format("{} {}", name, word))});
  }
  if (texts.size() < 2) {
    report(Code::too_few_options, place(node), "there is nothing to choose from here",
           texts.empty() ? "no text" : "only one text",
           fmt::format("Give at least two texts, each with a name: `{} one of {{ plain \"…\", urgent \"…\" }}`.",
                       form.name));
  }
  return out;
}

bytecode::Generated Checker::generated(Node node, const SlotForm& form, const Scope& scope, const std::string& name,
                                       Index& otherwise) {
  bytecode::Generated out{.model = find(NameKind::model, node.child(Kind::name))};
  std::map<std::string, Place> seen;
  for (const Node& clause : node.child(Kind::block).children(Kind::clause)) {
    const Node head = clause.children().front();
    if (!once(seen, head.is("at") ? "at most" : std::string(head.text()), clause)) continue;
    if (head.is("prompt")) {
      const ExprId prompt = text(clause.child(Kind::text), scope, nullptr);
      out.prompt = add_function(prompt, fmt::format("{} prompt", name));
    } else if (head.is("otherwise")) {
      otherwise = add_function(slot_text(clause.children().back(), form, scope), name);
    } else if (const Node most = clause.child(Kind::number); const auto value = number(most)) {
      const Result<std::int64_t> whole = value->to_int();
      if (!whole || *whole <= 0 || *whole > 1'000'000 || Decimal::from_int(*whole) != *value) {
        report(Code::number_range, place(most), fmt::format("a text cannot have `{}` characters", most.text()),
               "not a number of characters", "Write a whole number, like `at most 900 characters`.");
      } else if (form.at_most > 0 && static_cast<std::uint64_t>(*whole) > form.at_most) {
        report(Code::text_too_long, place(most),
               fmt::format("`{}` takes at most {} characters, and the model may write {}", form.name, form.at_most,
                           *whole),
               "more than fit", fmt::format("Write `at most {} characters`, or less.", form.at_most));
      } else {
        out.at_most = static_cast<std::uint32_t>(*whole);
      }
    }
  }
  if (!seen.contains("prompt")) {
    report(Code::missing_clause, place(node), "it is not said what should be written", "no `prompt`",
           "Say it: `prompt \"A customer story for a {contact.plan} customer\"`.");
  }
  if (!seen.contains("otherwise")) {
    report(Code::missing_clause, place(node), "a model may fail or be switched off, and then nothing could be sent",
           "no `otherwise`", "Say what is sent then: `otherwise file \"case_story.html\"`, or a text.");
  }
  return out;
}

void Checker::model(Node node, Index index) {
  bytecode::Model& model = program_.module.models[index];
  std::map<std::string, Place> seen;
  for (const Node& clause : node.child(Kind::block).children(Kind::clause)) {
    const Node head = clause.children().front();
    if (!once(seen, std::string(head.text()), clause)) continue;
    if (head.is("connector")) {
      model.connector = clause.child(Kind::name).text();
      continue;
    }
    std::string& value = head.is("name") ? model.provider_name : model.version;
    const auto fixed = plain_text(clause.child(Kind::text));
    value = fixed.value_or("");
    if (fixed && fixed->find_first_not_of(' ') == std::string::npos)
      report(Code::not_a_literal, place(clause.child(Kind::text)),
             fmt::format("the {} of the model `{}` is empty", head.text(), model.name), "nothing in it",
             "Write it as the provider does: audits name it with every text that it wrote.");
  }
  for (const std::string_view wanted : {"connector", "name", "version"}) {
    if (seen.contains(std::string(wanted))) continue;
    report(Code::missing_clause, place(node.child(Kind::name)),
           fmt::format("the model `{}` has no `{}`", model.name, wanted), fmt::format("no `{}`", wanted),
           fmt::format("Add it: `{}`.", grammar::form_of(grammar::place_of(grammar::rules::Where::model), wanted)));
  }
}

void Checker::content_texts(Node node, Index index) {
  const std::string name = program_.module.contents[index].name;
  const std::vector<bytecode::EventField> parameters = program_.module.contents[index].parameters;
  Scope scope;
  scope.parameters = &parameters;
  std::map<std::string, Place> seen;
  std::vector<bytecode::Variant> variants;
  for (const Node& variant_node : node.child(Kind::block).children(Kind::variant)) {
    const Node channel_name = variant_node.child(Kind::name);
    if (!once(seen, std::string(channel_name.text()), channel_name)) continue;
    const Index channel = find(NameKind::channel, channel_name);
    std::map<std::string, Place> slots;
    bytecode::Variant variant{.channel = channel, .slots = {}};
    for (const Node& slot : variant_node.child(Kind::block).children(Kind::slot)) {
      const std::string slot_name(slot.child(Kind::name).text());
      if (!once(slots, slot_name, slot.child(Kind::name))) continue;
      const std::vector<SlotForm> forms = channel == none ? std::vector<SlotForm>{} : program_.slots[channel];
      const auto form =
          std::find_if(forms.begin(), forms.end(), [&](const SlotForm& f) { return f.name == slot_name; });
      if (channel != none) {
        std::vector<std::string> known;
        for (const SlotForm& f : forms) known.push_back(f.name);
        if (form == forms.end()) {
          const std::string_view near = grammar::closest(slot_name, {known.begin(), known.end()});
          // `"Say "hi" to them"`: what follows the quote looks like a slot.
          const Place at = place(slot.child(Kind::name));
          const bool in_quotes = at.span.begin > 0 && files_[at.file].text()[at.span.begin - 1] == '"';
          std::string all;
          for (const std::string& one : known) all += fmt::format("{}`{}`", all.empty() ? "" : ", ", one);
          grammar::Diagnostic& said = report(
              Code::unknown_field, at,
              in_quotes ? std::string("the text before this ends at its quote, but the line goes on")
                        : fmt::format("the channel `{}` has nothing called `{}`", channel_name.text(), slot_name),
              in_quotes ? "outside of the text" : "not a part of it",
              in_quotes      ? "A quote inside of a text is written `\\\"`."
              : near.empty() ? fmt::format("It has {}.", all)
                             : fmt::format("Did you mean `{}`?", near));
          if (!in_quotes) mend_near(said, at.span, slot_name, near);
          if (in_quotes) {
            for (const std::string& one : known) slots.emplace(one, at);  // most likely they follow
            break;
          }
          if (!near.empty()) slots.emplace(near, at);
        }
      }
      variant.slots.push_back(this->slot(slot, form == forms.end() ? SlotForm{.name = slot_name} : *form, scope,
                                         fmt::format("content {} {} {}", name, channel_name.text(), slot_name)));
    }
    if (channel == none) continue;
    for (const SlotForm& wanted : program_.slots[channel]) {
      if (!slots.contains(wanted.name)) {
        report(Code::missing_clause, place(channel_name),
               fmt::format("the content `{}` has no `{}` for {}", name, wanted.name, channel_name.text()),
               fmt::format("no `{}`", wanted.name), fmt::format("Add it: `{} \"…\"`.", wanted.name));
      }
    }
    variants.push_back(std::move(variant));
  }
  if (variants.empty() && seen.empty()) {
    report(Code::missing_clause, place(node.child(Kind::name)),
           fmt::format("the content `{}` says nothing on any channel", name), "empty",
           "Add a channel with its texts: `email { subject \"…\" body \"…\" }`.");
  }
  program_.module.contents[index].variants = std::move(variants);
}

}  // namespace fairlead::compiler
