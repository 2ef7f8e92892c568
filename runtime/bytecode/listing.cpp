// Functions and constants as a disassembly shows them.
#include "runtime/bytecode/listing.hpp"

#include "runtime/values/time.hpp"

namespace fairlead::bytecode {
namespace {

std::string_view site_name(unsigned value) {
  switch (static_cast<SiteValue>(value)) {
    case SiteValue::channel: return "site.channel";
    case SiteValue::consent: return "site.consent";
    case SiteValue::content: return "site.content";
    case SiteValue::transactional: return "site.transactional";
    case SiteValue::workflow: return "site.workflow";
    case SiteValue::amount: return "site.amount";
  }
  return "site.?";
}

std::string_view escape_name(unsigned value) {
  switch (static_cast<Escape>(value)) {
    case Escape::text: return "text";
    case Escape::lines: return "lines";
    case Escape::attribute: return "attribute";
    case Escape::part: return "part of an address";
    case Escape::address: return "address";
  }
  return "?";
}

}  // namespace

std::string per(Period period, Duration window) {
  switch (period) {
    case Period::window: return fairlead::to_string(window);
    case Period::day: return "day";
    case Period::week: return "week";
    case Period::month: return "month";
  }
  return "?";
}

std::string quoted(std::string_view text) {
  std::string result = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      result += {'\\', c};
    } else if (c == '\n') {
      result += "\\n";
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      result += fmt::format("\\u{{{:x}}}", static_cast<unsigned>(c));
    } else {
      result += c;
    }
  }
  return result + "\"";
}

std::string to_string(const Constant& c) {
  const auto integer = static_cast<std::int64_t>(c.units);
  switch (c.tag) {
    case Tag::none: return "none";
    case Tag::boolean: return c.units != 0 ? "true" : "false";
    case Tag::number: return Decimal::from_units(c.units).to_string();
    case Tag::money: return "money " + Decimal::from_units(c.units).to_string();
    case Tag::text: return quoted(c.text);
    case Tag::duration: return fairlead::to_string(Duration{integer});
    case Tag::instant: return fairlead::to_string(Instant{integer});
    case Tag::date: return fairlead::to_string(Date{static_cast<std::int32_t>(integer)});
    case Tag::time: return fairlead::to_string(TimeOfDay{static_cast<std::int32_t>(integer)});
    case Tag::list: break;
  }
  std::string result = "[";
  for (const Constant& item : c.items) result += (result.size() > 1 ? ", " : "") + to_string(item);
  return result + "]";
}

void Listing::function(int level, std::string_view role, Index index, const Around& around) {
  if (index == none) return;
  if (index >= m_.functions.size()) return line(level, "{} function ?{}", role, index);
  const Function& f = m_.functions[index];
  line(level, "{} function {} ({}){}{}", role, index, f.name, f.labels.empty() ? "" : " ", to_string(f.labels));
  for (std::size_t pc = 0; pc < f.code.size(); ++pc) {
    const auto text = fmt::format("{:04}  {}", pc, instruction(f, pc, around));
    if (pc < f.lines.size()) {
      line(level + 1, "{:<44}  ; line {}", text, f.lines[pc]);
    } else {
      line(level + 1, "{}", text);
    }
  }
}

std::string Listing::instruction(const Function& f, std::size_t pc, const Around& around) const {
  const Instruction i = f.code[pc];
  std::string result = fmt::format("{:<12}", info(i.op()).name);
  bool first = true;
  for (const Operand& o : operands(i)) {
    const std::string text = operand(o, i, pc, around);
    if (text.empty()) continue;
    result += (first ? "" : ", ") + text;
    first = false;
  }
  return result.substr(0, result.find_last_not_of(' ') + 1);
}

std::string Listing::operand(const Operand& o, Instruction i, std::size_t pc, const Around& around) const {
  switch (o.kind) {
    case 'r': return fmt::format("r{}", o.value);
    case 'k': return o.value < m_.constants.size() ? to_string(m_.constants[o.value]) : fmt::format("?{}", o.value);
    case 'f': return "contact." + name_at(m_.fields, o.value);
    case 'n': return "counter " + quoted(name_at(m_.counters, o.value));
    case 's': return "score " + name_at(m_.scores, o.value);
    case 'u': return "rate " + quoted(name_at(m_.rates, o.value));
    case 'j': return fmt::format("to {:04}", pc + 1 + o.value);
    case 'x': return std::string(site_name(o.value));
    case 'h': return std::string(escape_name(o.value));
    case 'e': return event_field(i, around);
    case 'l': return fmt::format("kept {}", o.value);
    case 'p':
      if (around.parameters != nullptr) return "parameter " + name_at(*around.parameters, o.value);
      if (around.content == nullptr) return fmt::format("parameter {}", o.value);
      return "parameter " + name_at(around.content->parameters, o.value);
    case 't':
      if (o.value == no_currency) return "";
      return o.value < m_.currencies.size() ? m_.currencies[o.value] : fmt::format("?{}", o.value);
    case 'i':
      // The binding is part of how the event's field is named; what is left is how many are joined.
      return i.op() == Opcode::event ? "" : fmt::format("{}", o.value);
    default: return "";
  }
}

std::string Listing::event_field(Instruction i, const Around& around) const {
  if (const Index record = i.b() < around.records.size() ? around.records[i.b()] : none; record < m_.records.size())
    return fmt::format("record {} {}.{}", i.b(), m_.records[record].name, name_at(m_.records[record].fields, i.c()));
  const Index type = i.b() < around.bound.size() ? around.bound[i.b()] : none;
  if (type >= m_.events.size()) return fmt::format("event {} field {}", i.b(), i.c());
  return fmt::format("event {} {}.{}", i.b(), m_.events[type].name, name_at(m_.events[type].fields, i.c()));
}

}  // namespace fairlead::bytecode
