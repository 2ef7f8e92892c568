#include "tests/proofs/conditions.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace fairlead::soundness {

namespace {

constexpr std::uint32_t all_topics = 15;

std::string in_brackets(const std::string& text) {
  return "(" + text + ")";
}

}  // namespace

Conditions::Conditions(Dice& dice) : dice_(dice) {
  const std::uint32_t n = 1 + dice_.below(3);
  for (std::uint32_t i = 0; i < n; ++i) topics_.push_back(dice_.below(all_topics));
  windows_ = {dice_.one({"09:00 and 17:00", "21:00 and 08:00", "22:30 and 06:00", "08:00 and 20:00"}),
              dice_.one({"09:00 and 17:00", "12:00 and 13:00", "20:00 and 09:00"})};
  for (int i = 0; i < 2; ++i) segments_.push_back(formula({atom(), atom()}));
  // Time alone makes nobody a member of these, so that they can be entered by.
  for (int i = 0; i < 2; ++i) {
    const std::uint32_t topic = dice_.any(topics_);
    const bool clock = topic == 7 || topic == 8 || topic == 10 || topic == 11 || topic == 12;
    const std::string days = dice_.one({"3 days", "7 days"});
    segments_.push_back(clock ? dice_.one({"seen(visited)", "seen(visited, last " + days + ")",
                                           "count(visited, last " + days + ") >= 2"})
                              : formula({about(topic), about(topic)}));
  }
}

std::string Conditions::hours() {
  return dice_.any(windows_);
}

std::string Conditions::history() {
  const std::string days = dice_.one({"1 day", "3 days", "7 days", "7 days"});
  switch (dice_.below(8)) {
    case 0: return fmt::format("seen(visited, last {})", days);
    case 1: return "seen(visited)";
    case 2: return fmt::format("count(visited, last {}) >= {}", days, 1 + dice_.below(3));
    case 3: return fmt::format("count(visited where page == \"pricing\", last {}) > {}", days, dice_.below(3));
    case 4: return fmt::format("sum(purchased.amount, last {}) > ${}", days, dice_.below(3) * 20);
    case 5:
      return fmt::format("(last(visited).seconds or 0) {} {}", dice_.one({"<", ">", "<=", ">="}), 10 + dice_.below(3));
    case 6: return fmt::format("(since last(purchased) or 9 days) < {}", days);
    default: return fmt::format("idle({})", days);
  }
}

std::string Conditions::about(std::uint32_t topic) {
  const auto compared = [&] { return dice_.one({"<", "<=", ">", ">=", "==", "!="}); };
  switch (topic) {
    case 0:
      return dice_.one({"contact.plan is free", "contact.plan is pro", "contact.plan is not free",
                        "contact.plan in [free, pro]", "contact.plan in [pro, enterprise]"});
    case 1:
      return dice_.one({"contact.country == \"DE\"", "(contact.country or \"US\") in [\"US\", \"DE\"]",
                        "(contact.country exists) == true", "(contact.country or \"DE\") == \"DE\"",
                        "contact.country != \"FR\""});
    case 2:
      if (dice_.likely(25)) return fmt::format("contact.mrr between $50 and ${}", 50 + dice_.below(3) * 25);
      if (dice_.likely(25))
        return fmt::format("contact.mrr * {}% {} ${}", dice_.one({"50", "110", "33"}), compared(),
                           25 + dice_.below(4) * 25);
      if (dice_.likely(15)) return fmt::format("contact.mrr + $25 {} contact.limit", compared());
      return fmt::format("contact.mrr {} ${}", compared(), dice_.one({"50", "75", "100", "100.01"}));
    case 3:
      if (dice_.likely(20)) return "(contact.seats exists) == true";
      if (dice_.likely(25)) return "contact.seats == contact.spare";
      return fmt::format("(contact.seats or {}) {} {}", dice_.below(2) * 5, compared(), 2 + dice_.below(4));
    case 4:
      if (dice_.likely(25))
        return fmt::format("contact.level between {} and {}", 1 + dice_.below(3), 3 + dice_.below(2));
      if (dice_.likely(50)) return fmt::format("contact.level / contact.parts {} 2", compared());
      return fmt::format("contact.level {} {}", compared(), 2 + dice_.below(3));
    case 5: return dice_.one({"contact.active", "not contact.active", "contact.active == true"});
    case 14:
      return dice_.one({"contact.cohort is red", "contact.cohort is not green", "contact.cohort in [red, blue]"});
    case 6:
      return dice_.one({"contact.region == \"north\"", "(contact.region exists) == true",
                        "(contact.region or \"south\") == \"south\"", "contact.region in [\"north\", \"east\"]"});
    case 7:
    case 8: return history();
    case 9:
      return dice_.one({"contact.consent.email is given", "contact.consent.email is not given",
                        "contact.consent.email is withdrawn", "contact.consent.sms is given"});
    case 10: return fmt::format("now between {}", hours());
    case 11: return fmt::format("contact is s{}", dice_.below(2));
    case 12:
      if (dice_.likely(30))
        return dice_.one({"(contact.starts or now) <= now", "(contact.starts or now) < now - 1 day"});
      return dice_.one({"contact.since < 2026-02-01", "(contact.born or 1990-01-01) < 1990-06-01",
                        "(contact.born exists) == true", "contact.due < now", "contact.due - 2 days < now",
                        "today > contact.since"});
    default:
      return dice_.one(
          {"contact.tier == gold", "(contact.tier exists) == true", "contact.tier != gold", "contact.tier != bronze"});
  }
}

std::string Conditions::atom() {
  std::uint32_t topic = dice_.any(topics_);
  if (topic == 11 && segments_.size() < 2) topic = 0;  // segments do not ask themselves
  std::string out = about(topic);
  // Where something may be absent it is asked for first; now and then `and` is all that guards it.
  if (out.find("contact.region in") != std::string::npos) out = "(contact.region exists and " + out + ")";
  return out;
}

std::string Conditions::formula(const std::vector<std::string>& parts) {
  std::string out = parts.front();
  for (std::size_t i = 1; i < parts.size(); ++i) {
    const std::string right = dice_.likely(25) ? "not " + in_brackets(parts[i]) : in_brackets(parts[i]);
    out = in_brackets(out) + (dice_.likely(50) ? " and " : " or ") + right;
  }
  return dice_.likely(20) ? "not " + in_brackets(out) : out;
}

std::string Conditions::some_parts(bool rule) {
  if (!rule && !asked_.empty() && dice_.likely(65)) return dice_.any(asked_);
  return dice_.likely(60) ? atom() : formula({atom(), atom()});
}

std::string Conditions::in_flow(const Scope& scope) {
  if (!scope.visits.empty() && dice_.likely(25)) return of_visit(dice_.any(scope.visits));
  if (!scope.sums.empty() && dice_.likely(25))
    return fmt::format("{} {} $100", dice_.any(scope.sums), dice_.one({"<", ">", "<="}));
  const std::string one = some_parts(false);
  if (dice_.likely(35)) return "not " + in_brackets(one);
  if (dice_.likely(30)) return formula({one, some_parts(false)});
  return one;
}

std::string Conditions::in_rule() {
  if (dice_.likely(12)) return "channel.consent is not given";
  std::string out = some_parts(true);
  asked_.push_back(out);
  if (dice_.likely(15)) return "content is " + dice_.one({"welcome", "ping"}) + " and " + in_brackets(out);
  if (dice_.likely(10)) return in_brackets(out) + " or channel.consent is withdrawn";
  if (dice_.likely(8)) return in_brackets(out) + " and channel is email";
  return out;
}

bool Conditions::asks(const std::string& what) const {
  return std::any_of(asked_.begin(), asked_.end(),
                     [&](const std::string& c) { return c.find(what) != std::string::npos; });
}

std::string Conditions::forbidden() {
  return asked_.empty() ? atom() : dice_.any(asked_);
}

std::string Conditions::of_visit(const std::string& event) {
  const std::string e = event.empty() ? "" : event + ".";
  switch (dice_.below(3)) {
    case 0: return e + "page == \"pricing\"";
    case 1: return e + "page in [\"pricing\", \"jobs\"]";
    default: return fmt::format("({}seconds or 0) > {}", e, 10 + dice_.below(3));
  }
}

}  // namespace fairlead::soundness
