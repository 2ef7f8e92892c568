// What a rule forbids is never handed over: random rules, people and events, judged from outside by what reached the
// provider and when.
#include "runtime/trial/reactions.hpp"
#include "tests/engine/random_project.hpp"

namespace fairlead::engine::testing {
namespace {

/// The calendar period that an instant lies in, as a text: worked out on its own, day by day.
std::string period_of(const std::string& period, Instant t, const Zone& zone) {
  const Date day = zone.civil(t).date;
  if (period == "day") return to_string(day);
  if (period == "month") return to_string(day).substr(0, 7);
  return std::to_string((day.day + 3) / 7);  // 1970-01-01 was a Thursday, weeks begin on Monday
}

class Outside {
 public:
  Outside(World& world, const RandomProject& random, std::map<std::string, Known> people)
      : world_(world), random_(random), people_(std::move(people)), project_(must(Zone::load("America/New_York"))) {
    std::map<std::uint64_t, std::string> names;
    for (const auto& [email, known] : people_) names[world.id(email)->id] = email;
    for (const auto& [when, event] : world.said<audit::EventTaken>()) {
      if (event.type == "unsubscribed" || event.type == "complained")
        people_[names[event.contact.id]].consent.emplace_back(when, "withdrawn");
    }
    for (auto& [email, known] : people_) {
      std::stable_sort(known.consent.begin(), known.consent.end(),
                       [](const auto& a, const auto& b) { return a.first < b.first; });
      for (const std::string& zone : zones_of_country(known.country))
        zones_[known.country].push_back(must(Zone::load(zone)));
    }
  }

  /// How many of the rules' claims were looked at.
  std::size_t checked = 0;

  void judge() {
    for (const Sent& sent : world_.provider.sent) {
      if (!sent.assign.empty()) continue;  // no message
      for (const RuleSays& rule : random_.rules) {
        if (!about(rule, sent)) continue;
        ++checked;
        judge(rule, sent);
      }
    }
  }

 private:
  static bool about(const RuleSays& rule, const Sent& sent) {
    return (rule.channel.empty() || rule.channel == sent.channel) &&
           (rule.workflow.empty() || rule.workflow == sent.workflow);
  }

  std::vector<Zone> clocks(const Known& known) const {
    if (!known.zone.empty()) return {must(Zone::load(known.zone))};
    const auto zones = zones_.find(known.country);
    if (zones != zones_.end() && !zones->second.empty()) return zones->second;
    return {project_};
  }

  /// What a value was just before an instant; nothing where it changed at the instant itself.
  static std::optional<std::string> before(const std::vector<std::pair<Instant, std::string>>& values, Instant t) {
    std::string out;
    for (const auto& [when, value] : values) {
      if (when == t) return std::nullopt;
      if (when < t) out = value;
    }
    return out;
  }

  void judge(const RuleSays& rule, const Sent& sent) {
    const Known& known = people_.at(sent.to);
    const std::string what =
        sent.content + " to " + sent.to + " sent " + to_string(sent.filled) + " handed over " + to_string(sent.handed);
    switch (rule.kind) {
      case RuleSays::Kind::quiet:
        for (const Zone& zone : clocks(known)) {
          BOOST_TEST(!within(zone.civil(sent.handed).time, rule.from, rule.to),
                     what << " in quiet hours " << to_string(rule.from) << " to " << to_string(rule.to) << " of "
                          << zone.name());
        }
        return;
      case RuleSays::Kind::consent:
        if (const auto consent = before(known.consent, sent.handed))
          BOOST_TEST(*consent == "given", what << ", but consent is " << *consent);
        return;
      case RuleSays::Kind::plan:
        if (const auto plan = before(known.plan, sent.handed))
          BOOST_TEST(*plan != "free", what << " to someone on the free plan");
        return;
      case RuleSays::Kind::window:
      case RuleSays::Kind::calendar: break;
    }
    if (sent.content == "receipt") return;  // outside limits
    const Zone zone = known.zone.empty() ? project_ : clocks(known).front();
    std::size_t count = 0;
    for (const Sent& other : world_.provider.sent) {
      if (other.to != sent.to || other.content == "receipt" || !about(rule, other)) continue;
      if (rule.kind == RuleSays::Kind::window) {
        count += sent.filled - rule.window < other.filled && !(sent.filled < other.filled) ? 1 : 0;
      } else {
        count += period_of(rule.period, sent.filled, zone) == period_of(rule.period, other.filled, zone) ? 1 : 0;
      }
    }
    BOOST_TEST(count <= rule.count, what << ": one of " << count << ", where " << rule.count << " are allowed");
  }

  World& world_;
  const RandomProject& random_;
  std::map<std::string, Known> people_;
  Zone project_;
  std::map<std::string, std::vector<Zone>> zones_;
};

BOOST_AUTO_TEST_SUITE(kept_rules)

BOOST_AUTO_TEST_CASE(what_a_rule_forbids_is_never_handed_over) {
  std::size_t checked = 0, sent = 0, skipped = 0, deferred = 0, withheld = 0;
  for (std::uint32_t seed = 100; seed < 140; ++seed) {
    RandomProject random(seed);
    Options options;
    options.start = seed % 2 == 0 ? "2026-03-04T11:17Z" : "2026-10-20T12:00Z";
    options.stride = minutes(seed % 3 == 0 ? 1 : seed % 3 == 1 ? 45 : 300);
    options.holdout = true;
    options.seed = seed;
    World world(random.text, options);
    std::map<std::string, Known> people = populate(world, random, 25, 14);
    trial::Reactions reactions(*world.engine, world.module, world.module.simulations.at(0));
    world.engine->observe(&reactions);
    world.run(world.now + days(20));
    BOOST_TEST_CONTEXT("seed " << seed << "\n" << random.text) {
      Outside outside(world, random, std::move(people));
      outside.judge();
      checked += outside.checked;
    }
    sent += world.provider.sent.size();
    for (const auto& [name, tally] : world.tallies().rules) {
      skipped += tally.skipped;
      deferred += tally.deferred;
      withheld += tally.withheld;
    }
  }
  BOOST_TEST_MESSAGE(sent << " sent, " << skipped << " skipped, " << deferred << " deferred, " << withheld
                          << " withheld; " << checked << " checks");
  // Rules that never bind would prove nothing.
  BOOST_TEST(sent > 1'000U);
  BOOST_TEST(checked > 2'000U);
  BOOST_TEST(skipped > 300U);
  BOOST_TEST(deferred > 300U);
  BOOST_TEST(withheld > 5U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace fairlead::engine::testing
