// Rules: what each of them is about, under which conditions, and what happens where it is broken.
#include "compiler/rules.hpp"

#include "runtime/values/fold.hpp"

namespace fairlead::compiler {

using bytecode::Effect;
using bytecode::Otherwise;
using bytecode::RuleKind;
using grammar::Code;
using grammar::Kind;

Index RuleReader::closed(Node node) {
  rule_.kind = RuleKind::closed;
  rule_.name = owner_ + ".default forbid";
  return keep(node, node, "default forbid");
}

Index RuleReader::read(Node node) {
  const bool own_limit = workflow_ != none;
  const Node name = own_limit ? node.children().front() : node.child(Kind::name);
  rule_.name = own_limit ? owner_ + ".limit" : fmt::format("{}.{}", owner_, name.text());
  rule_.workflow = workflow_;
  std::string text = c_.source_text(node);
  if (!own_limit) text = text.substr(text.find(':') + 2);
  scope_.site = true;
  if (!verb(node)) return none;
  tail(node);
  for (const Node& token : node.children()) {
    if (!token.is("prove")) continue;
    source_.prove = c_.place(token);
    rule_.proved = true;  // a project in which it is not does not compile
  }
  return keep(node, name, std::move(text));
}

Index RuleReader::keep(Node node, Node name, std::string text) {
  const Place at = c_.place(node);
  rule_.text = std::move(text);
  rule_.file = c_.files_[at.file].path();
  rule_.line = c_.line(at);
  rule_.hash = hash();
  source_.place = c_.place(name);
  c_.program_.rule_sources.push_back(std::move(source_));
  c_.program_.module.rules.push_back(std::move(rule_));
  return static_cast<Index>(c_.program_.module.rules.size() - 1);
}

bool RuleReader::verb(Node node) {
  if (node.has("forbid")) return forbid(node);
  if (node.has("limit")) return limit(node);
  if (node.has("require")) return require(node);
  if (node.has("allow")) {
    rule_.kind = RuleKind::allow;
    return effect(node, node.child(Kind::effect)) && by(node) && conditions(node);
  }
  if (node.has("ban")) {
    rule_.kind = RuleKind::ban;
    const grammar::Nodes names = node.children(Kind::name);
    return words(node.children(Kind::text)) &&
           (node.has("content") || channels({names.begin() + 1, names.end()}));  // the first is the rule's own
  }
  rule_.kind = RuleKind::keep;
  const Node length = node.child(Kind::duration);
  const auto kept = c_.duration(length);
  if (kept && *kept <= Duration{})
    c_.report(Code::number_range, c_.place(length), "to keep the audit for no time is not to keep it", "no time",
              "Write it like `keep audit 730 days`.");
  rule_.window = kept.value_or(Duration{});
  return kept.has_value();
}

bool RuleReader::forbid(Node node) {
  if (node.has("deciding")) {
    rule_.kind = RuleKind::deciding;
    label(node.after("on"));
    return true;
  }
  if (node.has("sending")) {
    rule_.kind = RuleKind::sending;
    label(node.after("sending"));
    const grammar::Nodes names = node.children(Kind::name);
    return channels({names.begin() + 1, names.end()});
  }
  rule_.kind = RuleKind::forbid;
  return effect(node, node.child(Kind::effect)) && by(node) && conditions(node);
}

bool RuleReader::require(Node node) {
  if (node.has("approval")) {
    rule_.kind = RuleKind::approval;
    rule_.role = role(node.after("by"));
    // Without an `otherwise` of its own it holds for its role (language, section 10.6).
    rule_.otherwise = Otherwise::hold;
    rule_.hold_for = rule_.role;
    return !rule_.role.empty() && effect(node, node.child(Kind::effect)) && by(node) && conditions(node);
  }
  if (node.has("goal")) {
    rule_.kind = RuleKind::goal;
    rule_.baseline = node.has("baseline");
    rule_.target = node.has("target");
    rule_.holdout = node.has("holdout");
    if (const Node least = node.after("least")) rule_.amount = c_.share(least).value_or(Decimal());
    return true;
  }
  if (node.has("every")) {
    rule_.kind = RuleKind::explore;
    const auto least = c_.share(node.after("least"));
    rule_.amount = least.value_or(Decimal());
    return least.has_value();
  }
  if (node.has("data")) {
    rule_.kind = RuleKind::data;
    return true;
  }
  rule_.kind = RuleKind::words;
  rule_.transactional = false;  // what is owed needs no way out of it
  const Node wanted = node.after("require");
  rule_.hole = wanted.is(Kind::name);
  if (rule_.hole) {
    rule_.words = {std::string(wanted.text())};
  } else if (!words({wanted})) {
    return false;
  }
  const grammar::Nodes names = node.children(Kind::name);
  return channels({names.begin() + (rule_.hole ? 2 : 1), names.end()});
}

bool RuleReader::effect(Node node, Node what) {
  static constexpr std::pair<std::string_view, Effect> effects[] = {
      {"sending", Effect::generated}, {"send", Effect::send},       {"spend", Effect::spend},
      {"publish", Effect::publish},   {"retract", Effect::retract}, {"write", Effect::write}};
  rule_.effect = Effect::action;
  for (const auto& [word, meant] : effects) {
    if (what.has(word)) rule_.effect = meant;
  }
  scope_.effect = rule_.effect;
  const Node by_channel = node.child(Kind::recipient_channel);
  if (by_channel && rule_.effect != Effect::send && rule_.effect != Effect::generated) {
    c_.report(Code::clause_without_meaning, c_.place(by_channel), "only messages go by a channel",
              fmt::format("`{}` does not", c_.source_text(what)), "Leave it out.");
    return false;
  }
  if (rule_.effect != Effect::action) return true;
  const Node name = what.child(Kind::name);
  rule_.action = name.text();
  const Index action = c_.find(NameKind::action, name);
  if (action == none || c_.program_.broken_actions.contains(action)) return false;
  scope_.parameters = &c_.program_.module.actions[action].parameters;
  return true;
}

bool RuleReader::channels(const grammar::Nodes& names) {
  for (const Node& name : names) {
    const Index channel = c_.find(NameKind::channel, name);
    if (channel == none) return false;
    if (std::find(rule_.channels.begin(), rule_.channels.end(), channel) == rule_.channels.end())
      rule_.channels.push_back(channel);
  }
  return true;
}

bool RuleReader::by(Node node) {
  const Node channel = node.child(Kind::recipient_channel);
  return !channel || channels(channel.children(Kind::name));
}

bool RuleReader::conditions(Node node) {
  const Type boolean = Type::of(TypeKind::boolean);
  for (const Node& clause : node.children(Kind::clause)) {
    ExprId part = 0;
    if (clause.has("between")) {
      if (!hours(clause, part)) return false;
    } else {
      part = c_.expression(clause.child(Kind::expression), scope_, &boolean);
      const Expr& expr = c_.program_.exprs[part];
      if (!c_.agrees(expr.type, boolean)) {
        if (expr.type.is(TypeKind::boolean)) {
          c_.absent(expr, scope_, "", "");
        } else {
          c_.unlike(expr, boolean);
        }
      }
    }
    condition_ = conditioned_ ? c_.add({.op = Op::conjunction,
                                        .type = boolean,
                                        .place = c_.place(clause),
                                        .args = {condition_, part},
                                        .path = {}})
                              : part;
    conditioned_ = true;
  }
  if (conditioned_) {
    rule_.when = c_.add_function(condition_, fmt::format("rule {}", rule_.name));
    rule_.clock_only = c_.clock_only(condition_);
  }
  return true;
}

bool RuleReader::hours(Node clause, ExprId& part) {
  const grammar::Nodes ends = clause.children(Kind::time);
  const auto from = c_.time(ends[0]);
  const auto to = c_.time(ends[1]);
  if (!from || !to) return false;
  const Place at = c_.place(clause);
  const auto end = [&](TimeOfDay t) {
    return c_.constant(at, Type::of(TypeKind::time), {.tag = Tag::time, .units = t.second, .text = {}, .items = {}});
  };
  part = c_.add(
      {.op = Op::within, .type = Type::of(TypeKind::boolean), .place = at, .args = {end(*from), end(*to)}, .path = {}});
  return true;
}

bool RuleReader::words(const grammar::Nodes& texts) {
  for (const Node& node : texts) {
    const auto text = c_.plain_text(node);
    if (!text) return false;
    if (folded(*text).empty()) {
      c_.report(Code::number_range, c_.place(node), "there is no word in this text", "empty",
                "Write the words, like `\"risk free\"`.");
      return false;
    }
    rule_.words.push_back(*text);
  }
  return true;
}

void RuleReader::label(Node word) {
  rule_.label = word.is("private")     ? bytecode::Label::personal
                : word.is("sensitive") ? bytecode::Label::sensitive
                                       : bytecode::Label::guarded;
}

std::string RuleReader::role(Node name) {
  return c_.find(NameKind::role, name) == none ? std::string() : std::string(name.text());
}

bool RuleReader::guards() const {
  switch (rule_.kind) {
    case RuleKind::forbid:
    case RuleKind::limit:
    case RuleKind::approval:
    case RuleKind::spend:
    case RuleKind::ban:
    case RuleKind::data: return true;
    default: return false;
  }
}

void RuleReader::tail(Node node) {
  std::map<std::string, Place> seen;
  for (const Node& clause : node.children()) {
    if (clause.kind() == Kind::because && c_.once(seen, "because", clause)) {
      if (const auto text = c_.plain_text(clause.child(Kind::text))) rule_.because = *text;
    }
    if (clause.kind() == Kind::otherwise && c_.once(seen, "otherwise", clause)) otherwise(clause);
    if (clause.kind() == Kind::waivable && c_.once(seen, "waivable", clause))
      rule_.waivable_by = role(clause.child(Kind::name));
  }
}

void RuleReader::otherwise(Node node) {
  if (!guards() || (rule_.kind == RuleKind::ban && (node.has("defer") || node.has("hold")))) {
    c_.report(Code::clause_without_meaning, c_.place(node),
              guards() ? "time does not change the words of a message" : "this rule has nothing to hold back",
              guards() ? "would wait for nothing" : "means nothing here",
              guards() ? "Write `otherwise skip` or `otherwise stop`." : "Leave it out.");
    return;
  }
  rule_.hold_for.clear();
  rule_.otherwise = node.has("stop")    ? Otherwise::stop
                    : node.has("hold")  ? Otherwise::hold
                    : node.has("defer") ? Otherwise::defer
                                        : Otherwise::skip;
  if (node.has("hold")) rule_.hold_for = role(node.child(Kind::name));
  if (const Node up_to = node.child(Kind::duration)) {
    rule_.up_to = c_.duration(up_to).value_or(Duration{});
    if (rule_.up_to <= Duration{})
      c_.report(Code::number_range, c_.place(up_to),
                node.has("hold") ? "to hold for no time is to skip" : "to defer for no time is to skip", "no time",
                "Write `otherwise skip`.");
  } else if (rule_.otherwise == Otherwise::defer && !rule_.clock_only) {
    c_.report(Code::defer_without_end, c_.place(node), "this rule could put a message off for ever", "no end",
              "Hours of the day pass by themselves; of anything else, say how long to wait at most: `otherwise defer "
              "up to 12 hours`.");
  }
}

Hash RuleReader::hash() const {
  const bytecode::Module& module = c_.program_.module;
  std::string out =
      fmt::format("{} {} {} {} {} {} {}", static_cast<int>(rule_.kind), static_cast<int>(rule_.effect), rule_.action,
                  rule_.transactional, rule_.count, rule_.amount.to_string(), rule_.whole_project);
  out += fmt::format(" {} {} {} {}{}{}{}", static_cast<int>(rule_.period), rule_.window.ms,
                     static_cast<int>(rule_.label), rule_.hole, rule_.baseline, rule_.target, rule_.holdout);
  out += fmt::format(" {} {} {} {}", rule_.role, static_cast<int>(rule_.otherwise), rule_.hold_for, rule_.up_to.ms);
  for (const Index channel : rule_.channels) out += fmt::format(" by {}", module.channels[channel].name);
  if (rule_.workflow != none) out += fmt::format(" of {}", module.workflows[rule_.workflow].name);
  for (const bytecode::LimitShare& share : rule_.shares)
    out += fmt::format(" share {} {}", module.workflows[share.workflow].name, share.count);
  for (const std::string& word : rule_.words) out += fmt::format(" \"{}\"", rule_.hole ? word : folded(word));
  if (conditioned_) out += " when " + c_.meaning(condition_);
  return sha256({out});
}

std::string Checker::meaning(ExprId id) const {
  const Expr& expr = program_.exprs[id];
  std::string out = fmt::format("({}", static_cast<int>(expr.op));
  switch (expr.op) {
    case Op::constant: {
      const auto write = [&out](const auto& self, const bytecode::Constant& c) -> void {
        out += fmt::format(" {}:{}:{:?}", static_cast<int>(c.tag), Decimal::from_units(c.units).to_string(), c.text);
        for (const bytecode::Constant& item : c.items) self(self, item);
      };
      write(write, expr.constant());
      break;
    }
    case Op::field: out += " " + program_.module.fields[expr.ref].name; break;
    case Op::count:
    case Op::seen:
    case Op::sum:
    case Op::last:
    case Op::since: out += " " + program_.module.counters[expr.ref].key; break;
    case Op::rate: out += " " + program_.module.rates[expr.ref].key; break;
    case Op::score: out += " " + program_.module.scores[expr.ref].name; break;
    case Op::site: out += fmt::format(" {}", expr.ref); break;
    default: out.append(" ").append(expr.path); break;
  }
  for (const ExprId arg : expr.args) out += meaning(arg);
  return out + ")";
}

namespace {

/// Whether an expression keeps its value for as long as one message waits.
bool stays(const Program& program, ExprId id) {
  const Expr& expr = program.exprs[id];
  switch (expr.op) {
    case Op::constant: return true;
    case Op::site: return expr.ref != static_cast<Index>(bytecode::SiteValue::consent);
    case Op::equal:
    case Op::member:
    case Op::conjunction:
    case Op::disjunction:
    case Op::invert:
      return std::all_of(expr.args.begin(), expr.args.end(), [&](ExprId arg) { return stays(program, arg); });
    default: return false;
  }
}

}  // namespace

bool Checker::clock_only(ExprId id) const {
  const Expr& expr = program_.exprs[id];
  const auto ends = [&](std::size_t i) { return clock_only(expr.args[i]); };
  const auto fixed = [&](std::size_t i) { return stays(program_, expr.args[i]); };
  switch (expr.op) {
    case Op::within: return true;
    case Op::invert: return ends(0);
    case Op::disjunction: return ends(0) && ends(1);
    case Op::conjunction: return (ends(0) && (ends(1) || fixed(1))) || (fixed(0) && ends(1));
    default: return false;
  }
}

}  // namespace fairlead::compiler
