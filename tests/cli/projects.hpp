// The projects that the tests run: small, but with all that a crash could tear.
#pragma once

#include <fmt/format.h>

#include <string>

namespace fairlead::cli::test {

/// What both projects have in common.
constexpr const char* commons = R"lead(use std.channels

project acme {
  time zone "America/New_York"
  currency  USD
  under     brand
}

record contact {
  key email:  Email private
  first_name: Text? private
  country:    Country
  plan:       free | pro = free
  consent:    { email: Consent }
}

event joined { source: Text }
)lead";

/// For the virtual clock: waits, quiet hours that defer, a limit, a choice that learns, people who answer.
inline std::string simulated_project(int contacts) {
  return std::string(commons) + R"lead(
event bought

goal sold {
  reach    bought within 7 days
  baseline 4%
  holdout  10%
}

content welcome { email { subject "Welcome, {contact.first_name or "reader"}" body "Here you are." } }
content story { email { subject "A story from {contact.country}" body "It is short." } }
content offer { email { subject "An offer" body "It is good." } }

policy brand {
  no_consent: forbid send when channel.consent is not given because "ePrivacy"
  nights:     forbid send between 21:00 and 08:00 otherwise defer because "people sleep"
  frequency:  limit messages to 2 per 5 days per contact
}

workflow nurture for contact {
  owner  "growth@acme.example"
  toward sold
  enter  on joined
  leave  on unsubscribed, bought
  again  never

  steps {
    send welcome
    wait up to 2 days
      for clicked of welcome { }
      otherwise { send story }
    choose next toward sold {
      learn from contact.country, contact.plan
      explore at least 5%
      option story { send story }
      option offer { send offer }
      option rest { }
    }
    wait 1 day
    send offer
  }
}

simulate "ten days" {
)lead" + fmt::format("  contacts {} from \"people.csv\"\n", contacts) +
         R"lead(
  arrival leads to joined(source: "fair") 90% within 5 days
  joined leads to bought 4% within 4 days
  sent(welcome) leads to clicked 35% within 1 day
  sent(story) leads to bought 6% within 2 days
  sent(offer) leads to bought 12% when contact.plan is pro within 2 days
  sent(offer) leads to unsubscribed 2% within 1 day
  run 10 days seed 11
}
)lead";
}

/// For the real clock: waits of a second or two, and one message of each kind for everyone who joins.
inline std::string quick_project() {
  return std::string(commons) + R"lead(
event visited { page: Text }
content first { email { subject "One" body "For {contact.email}" } }
content thanks { email { subject "Thanks" body "For the click" } }
content nudge { email { subject "Well?" body "No click" } }
content last { email { subject "Two" body "The end" } }

policy brand {
  frequency: limit messages to 50 per 1 day per contact
}

workflow quick for contact {
  enter on joined
  again never

  steps {
    send first
    wait up to 2 seconds
      for visited { send thanks }
      otherwise { send nudge }
    wait 1 second
    send last
  }
}
)lead";
}

inline std::string email_of(int person) {
  return fmt::format("person.{}@people.example", person);
}

/// A CSV file of people; every eleventh has given no consent.
inline std::string people(int from, int to) {
  constexpr const char* countries[] = {"US", "DE", "NO", "IN"};
  std::string out = "email,first_name,country,plan,consent.email\n";
  for (int i = from; i < to; ++i) {
    out += fmt::format("{},{},{},{},{}\n", email_of(i), i % 7 == 0 ? "" : "Ada", countries[i % 4],
                       i % 3 == 0 ? "pro" : "free", i % 11 == 0 ? "unknown" : "given");
  }
  return out;
}

}  // namespace fairlead::cli::test
