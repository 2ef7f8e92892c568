// Types: what they are called, and which agree.
#include "compiler/checker.hpp"

namespace fairlead::compiler {

using grammar::Code;
using grammar::Kind;
using grammar::Node;

std::string to_string(const Type& type) {
  switch (type.form) {
    case Type::Form::absent: return "none";
    case Type::Form::broken: return "?";
    case Type::Form::value: break;
  }
  return fairlead::to_string(type.field);
}

std::string described(const Type& type) {
  if (type.form == Type::Form::absent) return "`none`, which is never there";
  if (type.broken()) return "something";
  const auto plain = [](const FieldType& field) -> std::string {
    switch (field.kind) {
      case TypeKind::boolean: return "true or false";
      case TypeKind::number: return "a number";
      case TypeKind::text: return "a text";
      case TypeKind::money: return fmt::format("a sum in {}", field.currency);
      case TypeKind::duration: return "a length of time";
      case TypeKind::instant: return "an instant";
      case TypeKind::date: return "a date";
      case TypeKind::time: return "a time of day";
      case TypeKind::timezone: return "a time zone";
      case TypeKind::country: return "a country";
      case TypeKind::email: return "an e-mail address";
      case TypeKind::phone: return "a phone number";
      case TypeKind::url: return "a web address";
      case TypeKind::html: return "HTML";
      case TypeKind::enumeration: {
        // Long ones would hide what the sentence says.
        constexpr std::size_t most = 6;
        std::string out = "one of ";
        for (std::size_t i = 0; i < field.members.size() && i < most; ++i)
          out += fmt::format("{}`{}`", i == 0 ? "" : ", ", field.members[i]);
        return field.members.size() > most ? out + ", …" : out;
      }
      case TypeKind::list: return fmt::format("a list of {}", to_string(Type::of(field.element.front())));
    }
    return "";
  };
  return plain(type.field) + (type.field.optional ? ", and may be absent" : "");
}

Type present(Type type) {
  type.field.optional = false;
  return type;
}

bool Checker::agrees(const Type& found, const Type& expected) const {
  if (found.broken() || expected.broken()) return true;
  if (found.form == Type::Form::absent) return expected.optional();
  if (found.field.optional && !expected.field.optional) return false;
  FieldType a = found.field;
  FieldType b = expected.field;
  a.optional = b.optional = false;
  return a == b;
}

Type Checker::type(Node node) {
  static constexpr std::pair<std::string_view, TypeKind> simple[] = {
      {"Bool", TypeKind::boolean},    {"Number", TypeKind::number},     {"Text", TypeKind::text},
      {"Money", TypeKind::money},     {"Duration", TypeKind::duration}, {"Instant", TypeKind::instant},
      {"Date", TypeKind::date},       {"Time", TypeKind::time},         {"TimeZone", TypeKind::timezone},
      {"Country", TypeKind::country}, {"Email", TypeKind::email},       {"Phone", TypeKind::phone},
      {"Url", TypeKind::url},         {"Html", TypeKind::html}};
  Type out;
  const bool optional = node.has("?");
  if (const Node members = node.child(Kind::enumeration)) {
    FieldType field{.kind = TypeKind::enumeration};
    for (const Node& member : members.children(Kind::name)) {
      const std::string text(member.text());
      if (std::find(field.members.begin(), field.members.end(), text) != field.members.end()) {
        report(Code::declared_twice, place(member), fmt::format("`{}` stands twice among these values", text),
               "the second one", "Remove one of them.");
        continue;
      }
      field.members.push_back(text);
    }
    out = Type::of(std::move(field));
  } else if (const Node list = node.child(Kind::list_type)) {
    const Type element = type(list.child(Kind::type));
    if (element.broken()) return {};
    FieldType field{.kind = TypeKind::list};
    field.element.push_back(element.field);
    out = Type::of(std::move(field));
  } else if (record_of(node)) {
    report(Code::type_mismatch, place(node), "what stands here holds one value, and a record has parts", "has parts",
           "Fields of records and events, and what a content takes, may have parts; a list may not.");
    return {};
  } else {
    const grammar::Nodes words = node.children();
    const std::string_view name = words.front().text();
    if (words.front().is("Money")) {  // Money in EUR
      const Node currency = node.child(Kind::name);
      if (!is_currency(currency.text())) {
        report(Code::not_a_literal, place(currency), fmt::format("`{}` is not a currency", currency.text()), "unknown",
               "Write its code of three letters, like USD or EUR.");
        return {};
      }
      out = Type::of(FieldType{.kind = TypeKind::money, .currency = std::string(currency.text())});
    } else if (name == "Money") {
      out = Type::of(FieldType{.kind = TypeKind::money, .currency = program_.module.currency});
    } else if (name == "Consent") {
      report(Code::type_mismatch, place(node), "only a field of `record contact` can be a `Consent`", "not here", "");
      return {};
    } else {
      const auto known =
          std::find_if(std::begin(simple), std::end(simple), [&](const auto& s) { return s.first == name; });
      const auto alias = program_.types.find(name);
      if (known != std::end(simple)) {
        out = Type::of(known->second);
      } else if (alias != program_.types.end()) {
        out = alias->second;
        program_.mentions.push_back({NameKind::type, words.front().text(), place(words.front())});
      } else {
        std::vector<std::string_view> candidates{"Consent", "List"};
        for (const auto& [text, kind] : simple) candidates.push_back(text);
        for (const auto& [text, t] : program_.types) candidates.push_back(text);
        // As other languages and databases call them.
        static constexpr std::pair<std::string_view, std::string_view> elsewhere[] = {
            {"string", "Text"},        {"str", "Text"},          {"varchar", "Text"},     {"int", "Number"},
            {"integer", "Number"},     {"float", "Number"},      {"double", "Number"},    {"decimal", "Number"},
            {"percent", "Number"},     {"boolean", "Bool"},      {"datetime", "Instant"}, {"timestamp", "Instant"},
            {"currency", "Money"},     {"timezone", "TimeZone"}, {"url", "Url"},          {"link", "Url"},
            {"array", "List of Text"}, {"enum", "free | pro"}};
        std::string small(name);
        std::transform(small.begin(), small.end(), small.begin(),
                       [](char c) { return static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c); });
        const auto other =
            std::find_if(std::begin(elsewhere), std::end(elsewhere), [&](const auto& e) { return e.first == small; });
        const std::string_view near = other != std::end(elsewhere) ? other->second : grammar::closest(name, candidates);
        mend_near(report(Code::unknown_name, place(words.front()), fmt::format("there is no type called `{}`", name),
                         "not a type",
                         near.empty()
                             ? "Types are Bool, Number, Text, Money, Duration, Instant, Date, Time, TimeZone, Country, "
                               "Email, Phone, Url, Html, Consent, values like `free | pro`, and `List of Text`."
                             : fmt::format("Did you mean `{}`?", near)),
                  words.front().span(), name, near);
        return {};
      }
    }
  }
  if (!out.broken() && optional) out.field.optional = true;
  return out;
}

}  // namespace fairlead::compiler
