// Rules that can never apply, that another one covers, or that leave nothing possible between them.
#include "compiler/lint/asking.hpp"
#include "compiler/lint/families.hpp"

namespace fairlead::compiler::lint {

namespace {

using bytecode::Effect;
using bytecode::Otherwise;
using bytecode::Rule;
using bytecode::RuleKind;
using proof::Formulas;

bool conditioned(const Rule& rule) {
  return rule.kind == RuleKind::forbid || rule.kind == RuleKind::approval || rule.kind == RuleKind::allow;
}

/// What a rule is about, in a reader's words.
std::string effect_of(const Rule& rule) {
  switch (rule.effect) {
    case Effect::send: return "message";
    case Effect::generated: return "message that a model wrote";
    case Effect::spend: return "spend";
    case Effect::publish: return "publication";
    case Effect::retract: return "retraction";
    case Effect::write: return "write";
    case Effect::action: return fmt::format("`do {}`", rule.action);
  }
  return "effect";
}

/// Whether one rule is about every effect that another is about, channels aside.
bool about(const Rule& wide, const Rule& narrow) {
  if (wide.effect == Effect::send && narrow.effect == Effect::generated) return true;
  return wide.effect == narrow.effect && wide.action == narrow.action;
}

class Conflicts {
 public:
  Conflicts(const Subject& subject, Findings& found)
      : program_(subject.program), policies_(subject), asking_(subject.program), found_(found) {}

  void look() {
    for (Index rule = 0; rule < policies_.size(); ++rule) {
      if (policies_.own(rule) && policies_.node(rule)) one(rule);
    }
    for (const std::vector<Index>& rules : policies_.together()) nothing_possible(rules);
    say_nothing_possible();
  }

 private:
  void one(Index rule) {
    const Rule& r = policies_.at(rule);
    if (conditioned(r) && asking_.never(asking_.applies(rule))) return never(rule);
    otherwise_never(rule);
    for (Index other = 0; other < policies_.size(); ++other) {
      if (!policies_.node(other) || !covers(other, rule) || (rule < other && covers(rule, other))) continue;
      policies_.add(found_, Code::implied_rule, rule,
                    fmt::format("`{}` adds nothing to `{}`", r.name, policies_.at(other).name), "covered already",
                    "Remove it. If it has to stand for itself, say why: `// lint off implied_rule: …`.", other,
                    "this says as much, or more");
      return;
    }
  }

  void never(Index rule) {
    const Rule& r = policies_.at(rule);
    found_.instead_of(Code::constant_condition, stretch(rule));
    policies_.add(found_, Code::rule_never, rule,
                  r.kind == RuleKind::allow ? fmt::format("`{}` can never allow anything", r.name)
                                            : fmt::format("`{}` can never apply", r.name),
                  "no contact, message or hour is ever like this",
                  "Mend its condition, or remove the rule: as it stands it protects nobody.");
  }

  /// What `prove` settles is never asked of a message that goes out; only what a `forbid` asks of somebody may have
  /// changed until the message is handed over.
  void otherwise_never(Index rule) {
    const std::optional<Place>& prove = policies_.source(rule).prove;
    const Node otherwise = policies_.node(rule).child(Kind::otherwise);
    if (!prove || !otherwise || policies_.at(rule).kind == RuleKind::forbid) return;
    Diagnostic& d = found_.add(Code::otherwise_never, {policies_.source(rule).place.file, otherwise.span()},
                               fmt::format("the `otherwise` of `{}` can never happen", policies_.at(rule).name),
                               "nothing comes here",
                               "Remove it; or remove `prove`, if the rule may be left to the moment of the act.");
    d.secondary.push_back({prove->file, prove->span, "a project that could break the rule does not compile"});
  }

  // ---- one that covers another

  bool covers(Index a, Index b) {
    const Rule& one = policies_.at(a);
    const Rule& other = policies_.at(b);
    if (a == b || one.kind != other.kind || policies_.identical(a, b) || !policies_.wherever(a, b)) return false;
    if (one.kind == RuleKind::keep) return other.window <= one.window;
    if (one.kind == RuleKind::explore) return other.amount <= one.amount;
    if (!policies_.channels(a, b) || !policies_.no_weaker(a, b)) return false;
    switch (one.kind) {
      case RuleKind::sending:
      case RuleKind::deciding: return one.label == other.label;
      case RuleKind::ban: return holds_all(one, other);
      case RuleKind::forbid:
      case RuleKind::approval:
      case RuleKind::allow: break;
      default: return false;
    }
    // That it forbids everything is said where it does.
    const bool everything = one.when == none && one.effect == Effect::send && one.channels.empty();
    if (!about(one, other) || one.role != other.role || (everything && one.kind == RuleKind::forbid)) return false;
    if (asking_.never(asking_.applies(a))) return false;
    for (const Index channel : asking_.ways(other)) {
      if (!asking_.has(a, channel) || !asking_.implies(asking_.applies(b, channel), asking_.applies(a, channel)))
        return false;
    }
    return true;
  }

  /// Whether a rule bans every word that another one bans.
  static bool holds_all(const Rule& wide, const Rule& narrow) {
    return std::all_of(narrow.words.begin(), narrow.words.end(), [&](const std::string& word) {
      return std::find(wide.words.begin(), wide.words.end(), word) != wide.words.end();
    });
  }

  // ---- rules that leave nothing possible

  void nothing_possible(const std::vector<Index>& rules) {
    const bool closed = std::any_of(rules.begin(), rules.end(),
                                    [&](Index rule) { return policies_.at(rule).kind == RuleKind::closed; });
    // Each effect by each channel once, known by the first rule that is about it.
    std::set<std::tuple<Effect, std::string_view, Index>> asked;
    for (const Index rule : rules) {
      const Rule& r = policies_.at(rule);
      const bool allows = closed && r.kind == RuleKind::allow;
      if (r.kind != RuleKind::forbid && !allows) continue;
      for (const Index channel : asking_.ways(r)) {
        if (allows) {
          // An `allow` of which forbids leave nothing.
          if (policies_.own(rule)) allow_in_vain(rule, channel, forbidding(rules, r, channel));
        } else if (asked.emplace(r.effect, r.action, channel).second) {
          forbidden(forbidding(rules, r, channel), r, channel);
        }
      }
    }
  }

  /// The rules that keep such an effect from happening: what waits for a person is not forbidden.
  std::vector<Index> forbidding(const std::vector<Index>& rules, const Rule& effect, Index channel) const {
    std::vector<Index> out;
    for (const Index rule : rules) {
      const Rule& r = policies_.at(rule);
      if (r.kind == RuleKind::forbid && r.otherwise != Otherwise::hold && about(r, effect) &&
          asking_.has(rule, channel))
        out.push_back(rule);
    }
    return out;
  }

  void forbidden(std::vector<Index> forbids, const Rule& effect, Index channel) {
    // What has no condition is meant to forbid all of it.
    if (std::any_of(forbids.begin(), forbids.end(),
                    [&](Index rule) { return asking_.applies(rule, channel) == Formulas::yes; }))
      return;
    if (!leave_nothing(forbids, channel, {})) return;
    forbids = smallest(std::move(forbids), channel, {});
    const auto last = std::find_if(forbids.rbegin(), forbids.rend(), [&](Index rule) { return policies_.own(rule); });
    if (last == forbids.rend()) return;
    Nothing& one = nothing_[{*last, forbids}];
    one.effect = effect_of(effect);
    one.channels.insert(channel);
  }

  void allow_in_vain(Index allow, Index channel, std::vector<Index> forbids) {
    const Formula allowed = asking_.applies(allow, channel);
    if (asking_.never(allowed) || !leave_nothing(forbids, channel, {allowed})) return;
    forbids = smallest(std::move(forbids), channel, {allowed});
    Nothing& one = nothing_[{allow, forbids}];
    one.ways = asking_.ways(policies_.at(allow)).size();
    one.channels.insert(channel);
  }

  bool leave_nothing(const std::vector<Index>& forbids, Index channel, std::vector<Formula> beside) {
    for (const Index rule : forbids) beside.push_back(asking_.formulas.opposite(asking_.applies(rule, channel)));
    return !forbids.empty() && asking_.never(std::move(beside));
  }

  /// Those without which something would be left.
  std::vector<Index> smallest(std::vector<Index> forbids, Index channel, const std::vector<Formula>& beside) {
    for (std::size_t i = forbids.size(); i-- > 0 && forbids.size() > 1;) {
      std::vector<Index> fewer = forbids;
      fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(i));
      if (leave_nothing(fewer, channel, beside)) forbids = std::move(fewer);
    }
    return forbids;
  }

  // ---- what is said of them, once for all channels

  void say_nothing_possible() {
    for (const auto& [which, nothing] : nothing_) {
      const auto& [rule, forbids] = which;
      const std::string name = fmt::format("`{}`", policies_.at(rule).name);
      found_.instead_of(Code::constant_condition, stretch(rule));
      if (policies_.at(rule).kind == RuleKind::allow) {
        Diagnostic& d = policies_.add(
            found_, Code::nothing_possible, rule,
            fmt::format("what {} allows{} is forbidden all the same", name, by(nothing.channels, nothing.ways)),
            "allows nothing", "Change one of them: `forbid` beats `allow`.");
        beside(d, rule, forbids, "forbidden here");
        continue;
      }
      std::string names;
      for (const Index one : forbids)
        names += fmt::format("{}`{}`",
                             names.empty()           ? ""
                             : one == forbids.back() ? " and "
                                                     : ", ",
                             policies_.at(one).name);
      const bool alone = forbids.size() == 1;
      Diagnostic& d = policies_.add(
          found_, Code::nothing_possible, rule,
          fmt::format("{} {} every {}{}, always", names, alone ? "forbids" : "together forbid", nothing.effect,
                      by(nothing.channels, program_.module.channels.size())),
          alone ? "its condition is always so" : "with this, nothing is left",
          "Change the condition of one of them, so that something can go out. If nothing is to, say so without a "
          "condition.");
      beside(d, rule, forbids, "this forbids the rest");
    }
  }

  /// ` by email, sms`; empty where it is so of all, or of a call.
  [[nodiscard]] std::string by(const std::set<Index>& channels, std::size_t all) const {
    std::string out;
    if (channels.contains(none) || channels.size() == all) return out;
    for (const Index channel : channels)
      out += fmt::format("{}`{}`", out.empty() ? " by " : ", ", program_.module.channels[channel].name);
    return out;
  }

  void beside(Diagnostic& d, Index rule, const std::vector<Index>& others, const std::string& words) const {
    for (const Index other : others) {
      const Place at = policies_.source(other).place;
      if (other != rule) d.secondary.push_back({at.file, at.span, words});
    }
  }

  [[nodiscard]] Place stretch(Index rule) const {
    return {policies_.source(rule).place.file, policies_.node(rule).span()};
  }

  const Program& program_;
  Policies policies_;
  Asking asking_;
  Findings& found_;
  /// What rules leave nothing of: an effect, by these channels; of an `allow`, of how many it has.
  struct Nothing {
    std::string effect;
    std::size_t ways = 0;
    std::set<Index> channels;
  };
  std::map<std::pair<Index, std::vector<Index>>, Nothing> nothing_;  // by where it is said, and the rules that forbid
};

}  // namespace

void policy_conflicts(const Subject& subject, Findings& found) {
  Conflicts(subject, found).look();
}

}  // namespace fairlead::compiler::lint
