#include "tests/proofs/random_project.hpp"

#include <fmt/format.h>

namespace fairlead::soundness {

RandomProject::RandomProject(std::uint32_t seed)
    : dice_(seed * 2'654'435'761U + 1), conditions_(dice_), zoned_(dice_.likely(60)), country_(dice_.likely(70)) {
  flows_ = dice_.likely(40) ? 2 : 1;
  follows_ = dice_.likely(35);
  policy();
  before_ = record();
  for (int w = 0; w < flows_; ++w) after_ += workflow(w);
}

std::string RandomProject::text() const {
  std::string house = "policy house {\n";
  if (closed_) house += "default forbid\n";
  for (const auto& [name, body] : rules_) {
    if (!left_out_.contains("house." + name)) house += name + ": " + body + "\n";
  }
  return before_ + house + "}\n" + after_;
}

std::string RandomProject::record() {
  std::string out = fmt::format(
      "use std.channels\nproject acme {{\n  time zone \"{}\"\n  currency USD\n  under house\n}}\n"
      "record contact {{\n  key email: Email\n  country: Country?\n",
      dice_.one({"America/New_York", "UTC", "Europe/Oslo"}));
  // Without a country that is one, `contact.country` is only a text.
  if (!country_) out.replace(out.find("country: Country?"), 17, "country: Text?");
  out += zoned_ ? "  timezone: TimeZone? zone\n" : "  timezone: TimeZone?\n";
  out +=
      "  plan: free | pro | enterprise = free\n  tier: (bronze | silver | gold)?\n  mrr: Money = $0\n  limit: Money = "
      "$100\n  seats: Number?\n  spare: Number?\n  level: Number = 0\n  parts: Number = 1\n  active: Bool = true\n  "
      "region: Text? fixed\n  cohort: red | green | blue fixed\n"
      "  since: Date = 2026-01-15\n  born: Date? fixed\n  due: Instant = 2026-01-20T09:00Z\n  starts: Instant? fixed\n"
      "  consent: { email: Consent, sms: Consent }\n}\n"
      "channel sms {\n  to contact.email\n  consent contact.consent.sms withdrawn on complained\n"
      "  content { text: Text }\n  reports clicked, complained\n}\n"
      "channel hook {\n  to contact.email\n  consent not needed because \"it is ours\"\n  content { text: Text }\n"
      "  reports clicked\n}\n"
      "event visited { page: Text, seconds: Number? }\nevent joined { page: Text }\nevent purchased { amount: Money }\n"
      "event became_mql\nrole legal { \"lee@acme.example\" }\n"
      "goal qualified {\n  reach became_mql within 14 days\n" +
      std::string(dice_.likely(30) ? "  holdout 20%\n" : "") + "}\n";
  for (std::size_t i = 0; i < conditions_.segments().size(); ++i)
    out += fmt::format("segment s{} = {}\n", i, conditions_.segments()[i]);
  return out +
         "content welcome { email { subject \"Welcome\" body \"Hello {contact.email}.\" } }\n"
         "content offer { email { subject \"Offer\" body \"For {contact.plan}.\" } }\n"
         "content ping { sms { text \"Ping\" } }\ncontent poke { hook { text \"Poke\" } }\n"
         "content note(said: Text) { email { subject \"Note\" body \"You said {said}.\" } }\n"
         "content receipt transactional { email { subject \"Receipt\" body \"Thank you.\" } }\n";
}

// ---- rules

void RandomProject::rule(const std::string& body) {
  rules_.emplace_back(fmt::format("r{}", rules_.size()), body);
}

std::string RandomProject::otherwise(bool clock) {
  switch (dice_.below(9)) {
    case 0: return fmt::format(" otherwise defer up to {} hours", 1 + dice_.below(40));
    case 1: return clock ? " otherwise defer" : " otherwise defer up to 2 days";
    case 2: return " otherwise stop";
    case 3: return " otherwise skip";
    default: return "";
  }
}

std::string RandomProject::limit() {
  std::string out = "limit messages" + std::string(dice_.likely(25) ? " by " + dice_.one({"email", "sms"}) : "");
  const std::uint32_t count = 1 + dice_.below(4);
  out += fmt::format(" to {} per ", count);
  if (dice_.likely(35)) {
    out += dice_.one({"day", "day", "week", "month"});
  } else {
    out += dice_.likely(50) ? fmt::format("{} days", 1 + dice_.below(7)) : fmt::format("{} hours", 2 + dice_.below(30));
  }
  out += " per contact";
  if (flows_ == 2 && count > 1 && dice_.likely(35))
    out += fmt::format(", share flow{} {}", dice_.below(2), 1 + dice_.below(count - 1));
  return out;
}

void RandomProject::policy() {
  closed_ = dice_.likely(10);
  if (closed_) {
    rule("allow send" + std::string(dice_.likely(50) ? " by email" : "") + " when " + conditions_.in_rule());
    rule("allow send by sms");
    rule("allow send by hook when " + conditions_.in_rule());
    rule("allow send by email when " + conditions_.in_rule());
  }
  const std::uint32_t n = 1 + dice_.below(3);
  for (std::uint32_t i = 0; i < n; ++i) {
    const std::string by = dice_.likely(25) ? " by " + dice_.one({"email", "sms", "hook"}) : "";
    if (dice_.likely(12)) {
      std::string hours = conditions_.hours();
      rule("forbid send" + by + " between " + hours + otherwise(true));
    } else {
      rule("forbid send" + by + " when " + conditions_.in_rule() + otherwise(false));
    }
  }
  const std::uint32_t limits = dice_.below(3);
  for (std::uint32_t i = 0; i < limits; ++i) rule(limit() + otherwise(false));
}

// ---- workflows

std::string RandomProject::span() {
  return dice_.one({"1 hour", "6 hours", "12 hours", "1 day", "1 day", "2 days", "36 hours", "3 days", "90 minutes"});
}

std::string RandomProject::head(int number) {
  std::string out = "  owner \"a@acme.example\"\n  toward qualified\n";
  visits_only_ = false;
  switch (dice_.below(6)) {
    case 0: out += fmt::format("  enter when s{}\n", 2 + dice_.below(2)); break;
    case 1:
      out += "  enter on joined where event.page == \"pricing\"\n  enter on visited where " +
             conditions_.of_visit("event") + "\n";
      break;
    case 2:
      out += "  enter on visited where " + conditions_.of_visit("event") + "\n";
      visits_only_ = true;
      break;
    case 3:
      out += "  enter on visited where event.page == \"pricing\"\n  enter on visited where " +
             conditions_.of_visit("event") + "\n";
      visits_only_ = true;
      break;
    case 4:
      out += fmt::format("  enter on purchased where event.amount > $20\n  enter when s{}\n", 2 + dice_.below(2));
      break;
    default: out += "  enter on joined\n";
  }
  if (dice_.likely(40))
    out += "  leave on " + dice_.one({"unsubscribed", "purchased", "unsubscribed, complained"}) + "\n";
  const std::uint32_t leaves = dice_.below(5) / 2;
  for (std::uint32_t i = 0; i < leaves; ++i)
    out += "  leave when " + (dice_.likely(75) ? conditions_.forbidden() : conditions_.in_flow({})) + "\n";
  out += dice_.likely(70) ? fmt::format("  again after {} hours\n", dice_.below(60)) : "  again never\n";
  if (dice_.likely(25))
    out += fmt::format("  limit messages to {} per {} days\n", 1 + dice_.below(3), 1 + dice_.below(4));
  (void)number;
  return out;
}

std::string RandomProject::workflow(int number) {
  std::string out = fmt::format("workflow flow{} for contact {{\n", number) + head(number);
  Scope scope;
  if (visits_only_ && !(follows_ && number > 0)) scope.visits.emplace_back("event");
  out += "  steps {\n" + steps(0, 4 + dice_.below(4), scope);
  // Only forward, so that there is no circle.
  if (number + 1 < flows_ && follows_) out += fmt::format("follow flow{}\n", number + 1);
  return out + "  }\n}\n";
}

std::string RandomProject::steps(int depth, std::uint32_t budget, Scope scope) {
  std::string out;
  for (std::uint32_t i = 0; i < budget; ++i) out += step(depth, scope);
  return out;
}

std::string RandomProject::send() {
  return "send " + dice_.one({"welcome", "welcome", "offer", "ping", "ping", "poke", "receipt"}) + "\n";
}

std::string RandomProject::set() {
  const std::vector<std::string> all{"plan = free",
                                     "plan = pro",
                                     "mrr = $75",
                                     "mrr = contact.mrr + $25",
                                     "level = 3",
                                     "level = contact.level + 1",
                                     "active = false",
                                     "active = true",
                                     "consent.email = withdrawn",
                                     "consent.email = given",
                                     "parts = 0",
                                     "tier = gold",
                                     "seats = 4",
                                     "country = \"DE\"",
                                     "timezone = \"Asia/Tokyo\"",
                                     "due = now + 1 day"};
  std::string out = dice_.one(all);
  // Most of what is written is what some rule asks.
  for (int tries = 0; tries < 8; ++tries) {
    const std::string field = out.substr(0, out.find(' '));
    if (conditions_.asks("contact." + field) || (field == "timezone" && conditions_.asks("now between"))) break;
    out = dice_.one(all);
  }
  return "set contact." + out + "\n";
}

std::string RandomProject::wait() {
  if (dice_.likely(70)) return "wait " + span() + "\n";
  return "wait until " +
         dice_.one({"09:00", "21:00", "contact.due", "contact.due - 2 days", "(contact.starts or now)",
                    "contact.since + 9 days"}) +
         "\n";
}

std::string RandomProject::wait_for_event(int depth, const Scope& scope) {
  std::string out = "wait up to " + span() + "\n";
  if (dice_.likely(60))
    out += "for clicked of " + dice_.one({"welcome", "ping", "offer"}) + block(depth, dice_.below(2), scope);
  Scope inside = scope;
  const std::string name = fmt::format("v{}", ++names_);
  inside.visits.push_back(name);
  const std::string where = dice_.likely(50) ? " where " + conditions_.of_visit("") : "";
  out += "for visited" + where + " as " + name + block(depth, 1 + dice_.below(2), inside);
  return out + "otherwise" + block(depth, dice_.below(2), scope);
}

std::string RandomProject::known_then_sent(int depth) {
  if (depth > 0 && dice_.likely(10)) return "stop\n";
  std::string between;
  switch (dice_.below(9)) {
    case 0:
    case 1:
    case 2: between = wait(); break;
    case 3: between = set(); break;
    case 4: between = send(); break;
    case 5:
      // A round whose own wait is longer than its time goes on in the turn in which something was written.
      between = fmt::format("repeat up to 3 times every {} {{\n{}{}{}}}\n", span(), send(), wait(), set());
      break;
    case 6: between = "approve by legal up to " + span() + " {\n" + send() + "} otherwise {\n" + send() + "}\n"; break;
    case 7:
      between = "wait up to " + span() + "\nfor visited {\n" + send() + "}\notherwise {\n" + send() + "}\n";
      break;
    default: break;
  }
  const std::string known = conditions_.forbidden();
  if (dice_.likely(60)) return "if " + known + " { stop }\n" + between + send() + (dice_.likely(50) ? send() : "");
  return "if not (" + known + ") {\n" + between + send() + "}\n" + (dice_.likely(30) ? send() : "");
}

std::string RandomProject::step(int depth, Scope& scope) {
  const std::uint32_t kind = dice_.below(depth >= 2 ? 16 : 26);
  if (kind < 7 && dice_.likely(35)) return "if not (" + conditions_.forbidden() + ") {\n" + send() + "}\n";
  if (kind < 7) return send();
  switch (kind) {
    case 7: return scope.visits.empty() ? send() : fmt::format("send note(said: {}.page)\n", dice_.any(scope.visits));
    case 8:
    case 9: return set();
    case 10:
    case 11: return wait();
    case 12: {
      const std::string name = fmt::format("x{}", ++names_);
      const std::string value = dice_.one({"contact.mrr", "contact.mrr * 110%", "contact.limit - contact.mrr"});
      scope.sums.push_back(name);
      return fmt::format("let {} = {}\n", name, value);
    }
    case 13:
    case 14:
    case 15: return known_then_sent(depth);
    case 16:
    case 17: {
      std::string out = "if " + conditions_.in_flow(scope) + " {\n" + steps(depth + 1, 1 + dice_.below(2), scope) + "}";
      if (dice_.likely(30))
        out += " else if " + conditions_.in_flow(scope) + " {\n" + steps(depth + 1, 1 + dice_.below(2), scope) + "}";
      return out + (dice_.likely(60) ? " else" + block(depth, 1, scope) : "\n");
    }
    case 18:
    case 19:
      return fmt::format(
                 "choose c{} toward qualified {{\nexplore at least 5%\noption a when {}{}option b{}{}option rest",
                 ++names_, conditions_.in_flow(scope), block(depth, 1, scope),
                 dice_.likely(50) ? " when " + conditions_.in_flow(scope) : "", block(depth, 1, scope)) +
             (dice_.likely(30) ? " when " + conditions_.in_flow(scope) : "") + block(depth, dice_.below(2), scope) +
             "}\n";
    case 20:
      return fmt::format("split p{} {{\nvariant a 50%{}variant b 50%{}}}\n", ++names_, block(depth, 1, scope),
                         block(depth, 1, scope));
    case 21:
    case 22:
      return fmt::format("repeat up to {} times every {}", 2 + dice_.below(3), span()) +
             (dice_.likely(50) ? " until " + conditions_.in_flow(scope) : "") + block(depth, 1 + dice_.below(3), scope);
    case 23: return "approve by legal up to " + span() + " {\n" + send() + "} otherwise" + block(depth, 1, scope);
    default: return wait_for_event(depth, scope);
  }
}

}  // namespace fairlead::soundness
