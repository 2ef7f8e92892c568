// Projects that are much work for the prover: one long workflow under many rules, or many workflows that share the
// contact, the contents and a house's policies, each in a file of its own.
#pragma once

#include <fmt/format.h>

#include <string>
#include <vector>

#include "grammar/source.hpp"

namespace fairlead::bench {

/// The contact, what it is told, and twenty rules, each about every message.
inline std::string house_of_rules() {
  std::string fields, contents, rules;
  for (int i = 0; i < 10; ++i) {
    fields += fmt::format("  spent_{0}: Number = 0\n  nick_{0}: Text?\n", i);
    contents += fmt::format(
        "content mail_{0} {{\n  email {{\n    subject \"Mail {0}\"\n    body    \"For {{contact.nick_{0} or "
        "\"you\"}}.\"\n  }}\n}}\n",
        i);
  }
  for (int i = 0; i < 10; ++i)
    rules +=
        fmt::format("  enough_{0}: forbid send when contact.spent_{0} > {1} and contact.plan is free\n", i, 1'000 + i);
  return "use std.channels\n\nproject bench {\n  time zone \"Europe/Oslo\"\n  currency EUR\n  under house\n}\n\n"
         "record contact {\n  key email: Email\n  country:  Country\n  plan:     free | pro | enterprise = free\n"
         "  born:     Date? fixed\n  active:   Bool = true\n  consent:  { email: Consent }\n" +
         fields +
         "}\n\nevent joined { page: Text, seconds: Number? }\nevent bought { amount: Money }\n\n"
         "goal sale {\n  reach bought within 14 days\n  baseline 5%\n}\n\nrole legal { \"lee@bench.example\" }\n\n" +
         contents +
         "\npolicy house {\n"
         "  asked:    forbid send when channel.consent is not given because \"ePrivacy Directive art. 13\"\n"
         "  idle:     forbid send when not contact.active otherwise stop\n"
         "  embargo:  forbid send when contact.country in [\"KP\", \"IR\", \"SY\"]\n"
         "  young:    forbid send when contact.born exists and contact.born > 2010-01-01\n"
         "  buyers:   forbid send when count(bought, last 7 days) >= 3\n"
         "  fresh:    forbid send when seen(bought, last 1 day)\n"
         "  big:      forbid send when contact.spent_0 + contact.spent_1 > 5000\n"
         "  last:     forbid send when content is mail_9 and contact.plan is enterprise\n"
         "  weekly:   limit messages to 7 per 7 days per contact\n"
         "  monthly:  limit messages to 20 per 30 days per contact\n" +
         rules + "}\n";
}

/// So many parts of five steps each, one of them a message.
inline std::string workflow_of(int number, int parts, int changed = 0) {
  std::string out = fmt::format(
      "workflow flow_{0} for contact {{\n  owner \"ops@bench.example\"\n  toward sale\n"
      "  enter on joined where event.page == \"page {0}\"\n  leave on unsubscribed\n\n  steps {{\n",
      number);
  for (int k = 0; k < parts; ++k) {
    const int field = (number + k) % 10;
    out += fmt::format(
        "    send mail_{0}\n    wait {1} days\n    if contact.spent_{0} > {2} and contact.country == \"NO\" {{\n"
        "      set contact.spent_{0} = {3}\n      wait 6 hours\n    }}\n",
        field, k % 5 + 1, 100 + k + (k + 1 == parts ? changed : 0), k);
  }
  return out + "  }\n}\n";
}

/// 1,000 steps, 200 of them messages.
inline std::vector<grammar::Source> long_workflow() {
  return {grammar::Source("house.lead", house_of_rules()), grammar::Source("flow.lead", workflow_of(0, 200))};
}

/// `changed`: a figure on one line of the workflow in the middle.
inline std::vector<grammar::Source> many_workflows(int workflows, int changed = 0) {
  std::vector<grammar::Source> out{grammar::Source("house.lead", house_of_rules())};
  for (int w = 0; w < workflows; ++w)
    out.emplace_back(fmt::format("flow_{}.lead", w), workflow_of(w, 4, w == workflows / 2 ? changed : 0));
  return out;
}

}  // namespace fairlead::bench
