// Random projects, people and events for the properties: workflows of every kind of step under rules of every kind. A
// seed gives the same ones everywhere (mt19937 and its own arithmetic; no std distribution).
#pragma once

#include <random>

#include "tests/engine/world.hpp"

namespace fairlead::engine::testing {

/// A rule, for whoever checks from outside that it was kept.
struct RuleSays {
  enum class Kind : std::uint8_t { quiet, window, calendar, consent, plan };
  Kind kind = Kind::quiet;
  std::string channel;   // empty: all
  std::string workflow;  // empty: all
  TimeOfDay from, to;    // quiet
  std::size_t count = 0;
  Duration window;
  std::string period;  // day, week, month
  std::string name;    // as the audit has it; empty: a workflow's own
};

/// What a random project has beside messages, waits, branches, choices, splits, rounds and assignments.
enum class Beside : std::uint8_t { nothing, calls_and_approvals };

class RandomProject {
 public:
  explicit RandomProject(std::uint32_t seed, Beside beside = Beside::nothing) : random_(seed), beside_(beside) {
    make();
  }

  std::string text;
  std::vector<RuleSays> rules;
  /// By workflow: how many may enter per two days, where that is limited.
  std::map<std::string, std::size_t> quotas;
  /// How many workflows it has.
  int flows = 0;

  /// The same workflows under another policy: gives the new text, and `rules` are those of it.
  const std::string& change_policy() {
    rules = own_rules_;
    text = head_ + policy() + tail_;
    return text;
  }

  std::uint32_t below(std::uint32_t n) { return static_cast<std::uint32_t>(random_()) % n; }
  bool likely(std::uint32_t percent) { return below(100) < percent; }
  template <class T>
  const T& any(const std::vector<T>& of) {
    return of[below(static_cast<std::uint32_t>(of.size()))];
  }

 private:
  std::string hour() {
    const std::string h = std::to_string(below(24));
    return (h.size() == 1 ? "0" + h : h) + any<std::string>({":00", ":30", ":00", ":07"});
  }
  std::string span() {
    return std::to_string(1 + below(40)) + any<std::string>({" hours", " hours", " minutes", " days"});
  }
  std::string condition() {
    return any<std::string>({"contact.plan is pro", "count(visited, last 3 days) >= 2", "contact.stage is nurturing",
                             "seen(clicked, last 5 days)", "contact.mrr > $5", "sum(visited.seconds, last 3 days) > 40",
                             "(last(visited).seconds or 0) > 30", "(since last(purchased) or 9 days) < 2 days",
                             "idle(2 days)", "engagement > 12",
                             "seen(purchased) and contact.plan in [(contact.plan), pro]",
                             "count(visited where page == \"pricing\", last 7 days) >= 1 and contact.plan is free"});
  }

  std::string steps(int depth, int budget) {
    std::string out;
    for (int i = 0; i < budget; ++i) out += step(depth);
    return out;
  }

  std::string step(int depth) {
    if (beside_ == Beside::calls_and_approvals && likely(15)) {
      if (depth >= 2 || likely(40)) return "do create_deal(title: \"For {contact.plan}\")\n";
      return "approve by legal up to " + span() + " {\nsend " + any<std::string>({"offer", "ping"}) + "\n" +
             (likely(50) ? "do create_deal(title: \"Approved {contact.plan}\")\n" : "") + "} otherwise {\n" +
             steps(depth + 1, 1) + "}\n";
    }
    const std::uint32_t kind = below(depth >= 2 ? 10 : 16);
    switch (kind) {
      case 0:
      case 1:
      case 2: return "send " + any<std::string>({"welcome", "reminder", "offer", "ping"}) + "\n";
      case 3: return "send receipt\n";
      case 4:
      case 5: return "wait " + span() + "\n";
      case 6: return "wait until " + hour() + "\n";
      case 7: return "set contact.stage = " + any<std::string>({"new", "nurturing", "nurturing"}) + "\n";
      case 8: return "wait until contact.since + " + std::to_string(1 + below(12)) + " days\n";
      case 9: return "assign to sales by " + any<std::string>({"round robin", "least loaded"}) + "\n";
      case 10:
        return "if " + condition() + " {\n" + steps(depth + 1, 2) + (likely(10) ? "stop\n" : "") + "} else {\n" +
               steps(depth + 1, 1) + "}\n";
      case 11:
        return "wait up to " + span() + "\nfor clicked of " + any<std::string>({"welcome", "reminder"}) + " {\n" +
               steps(depth + 1, 1) +
               "}\nfor visited where page == \"pricing\" as v {\nwait 1 hour\nsend note(said: v.page)\n" +
               steps(depth + 1, 1) + "}\notherwise {\n" + steps(depth + 1, 1) + "}\n";
      case 12:
        return "repeat up to " + std::to_string(1 + below(4)) + " times every " + span() +
               (likely(50) ? " until " + condition() : "") + " {\n" + steps(depth + 1, static_cast<int>(below(3))) +
               (likely(5) ? "stop\n" : "") + "}\n";
      case 13:
        return "split s" + std::to_string(++choices_) + " {\nvariant a 20% {\n" + steps(depth + 1, 1) +
               "}\nvariant b 50% {\n" + steps(depth + 1, 1) + "}\nvariant nothing 30% { }\n}\n";
      default:
        return "choose c" + std::to_string(++choices_) + " toward qualified {\n" +
               (likely(50) ? "learn from contact.plan, contact.country, count(visited, last 3 days)\n" : "") +
               (likely(70) ? "explore at least 5%\n" : "") + "option a" + (likely(30) ? " start 60%" : "") +
               (likely(30) ? " at most 40%" : "") + " {\n" + steps(depth + 1, 1) + "}\noption b " +
               (likely(30) ? "at least 5% " : "") + "when " + condition() + " {\n" + steps(depth + 1, 1) +
               "}\noption rest" + (likely(30) ? " at most 30%" : "") + " { }\n}\n";
    }
  }

  std::string otherwise(bool clock) {
    switch (below(4)) {
      case 0: return "";
      case 1: return " otherwise skip";
      case 2: return " otherwise defer up to " + std::to_string(1 + below(60)) + " hours";
      default: return clock ? " otherwise defer" : " otherwise defer up to 3 days";
    }
  }

  std::string rule() {
    RuleSays says;
    if (likely(30)) says.channel = any<std::string>({"email", "sms"});
    const std::string by = says.channel.empty() ? "" : " by " + says.channel;
    says.name = "brand.r" + std::to_string(++names_);
    std::string out = says.name.substr(6) + ": ";
    switch (below(5)) {
      case 0:
      case 1: {
        const std::string from = hour();
        const std::string to = hour();
        says.from = *parse_time(from);
        says.to = *parse_time(to);
        out += "forbid send" + by + " between " + from + " and " + to + otherwise(true);
        break;
      }
      case 2: {
        says.kind = RuleSays::Kind::window;
        says.count = 1 + below(4);
        const std::uint32_t n = 1 + below(9);
        const bool by_day = likely(50);
        says.window = by_day ? days(n) : hours(n);
        out += "limit messages" + by + " to " + std::to_string(says.count) + " per " + std::to_string(n) +
               (by_day ? " days" : " hours") + otherwise(false);
        break;
      }
      case 3: {
        says.kind = RuleSays::Kind::calendar;
        says.count = 1 + below(3);
        says.period = any<std::string>({"day", "week", "month"});
        out += "limit messages" + by + " to " + std::to_string(says.count) + " per " + says.period + otherwise(false);
        break;
      }
      default:
        says.kind = likely(50) ? RuleSays::Kind::consent : RuleSays::Kind::plan;
        if (says.kind == RuleSays::Kind::consent) {
          says.channel = "email";
          out += "forbid send by email when channel.consent is not given" + otherwise(false);
        } else {
          out += "forbid send" + by + " when contact.plan is free" + otherwise(false);
        }
    }
    rules.push_back(says);
    return out + "\n";
  }

  void make() {
    std::string all;
    flows = 1 + static_cast<int>(below(3));
    for (int w = 0; w < flows; ++w) {
      const std::string name = "flow" + std::to_string(w);
      std::string head = "toward qualified\nenter on " +
                         any<std::string>({"joined", "joined, purchased", "visited where event.page != \"pricing\""});
      if (beside_ == Beside::calls_and_approvals && likely(30)) {
        quotas[name] = 1 + below(6);
        head += " at most " + std::to_string(quotas[name]) + " per 2 days";
      }
      if (likely(60)) head += "\nleave on unsubscribed" + std::string(likely(30) ? ", became_mql" : "");
      if (likely(30)) head += "\nleave when contact.plan is free and contact.stage is nurturing";
      head += likely(60) ? "\nagain after " + std::to_string(1 + below(90)) + " hours" : "\nagain never";
      if (likely(40)) {
        RuleSays says;
        says.kind = RuleSays::Kind::window;
        says.workflow = name;
        says.count = 1 + below(3);
        says.window = days(2);
        rules.push_back(says);
        head += "\nlimit messages to " + std::to_string(says.count) + " per 2 days";
      }
      const std::string body = steps(0, 3 + static_cast<int>(below(4)));
      // Only forward, so that there is no circle.
      const bool follows = w + 1 < flows && likely(40);
      all += workflow(body + (follows ? "follow flow" + std::to_string(w + 1) + "\n" : ""), head, name);
    }
    own_rules_ = rules;
    const std::string brand = policy();
    const std::string simulation =
        "simulate \"people\" {\n  contacts 1 from \"x.csv\"\n"
        "  sent(welcome) leads to clicked 50% within 2 days\n"
        "  sent(reminder) leads to clicked 40% when contact.plan is pro within 90 minutes\n"
        "  sent(offer) leads to became_mql 30% within 3 days\n"
        "  sent(ping) leads to unsubscribed 8% within 5 hours\n"
        "  clicked leads to visited(page: \"pricing\") 60% within 20 minutes\n"
        "  became_mql leads to purchased 50% within 2 days\n  run 1 day seed 7\n}\n";
    all +=
        "team sales {\n\"kim@a.example\" capacity 4 per day\n\"ola@a.example\" capacity 9 per week when "
        "contact.plan is pro\n\"per@a.example\" capacity 3 per 2 days\n}\n";
    if (beside_ == Beside::calls_and_approvals) {
      all += "role legal { \"lee@a.example\", \"sam@a.example\" }\naction create_deal(title: Text) effect write\n";
    }
    all += "points engagement {\n+5 when visited where page == \"pricing\", last 4 days\n-3 when idle(1 day)\n}\n";
    text = project(all, "under brand", likely(50) ? "holdout 20%" : "",
                   "timezone: TimeZone? zone\n  since: Date = 2026-03-04");
    head_ = text;
    tail_ = simulation;
    text = head_ + brand + tail_;
  }

  std::string policy() {
    std::string out = "policy brand {\n";
    const std::uint32_t n = 1 + below(4);
    for (std::uint32_t i = 0; i < n; ++i) out += rule();
    return out + "}\n";
  }

  std::mt19937 random_;
  Beside beside_;
  std::string head_, tail_;          // of the text, around its policy
  std::vector<RuleSays> own_rules_;  // of the workflows
  int choices_ = 0, names_ = 0;
};

/// What the test knows of a contact without asking the engine.
struct Known {
  std::string zone, country;
  /// Values that the test itself gave, in the order of time; a withdrawal by an event comes from the audit.
  std::vector<std::pair<Instant, std::string>> consent, plan;
};

/// People, and what happens to them over so many days, all of it in the inbox before the run begins.
inline std::map<std::string, Known> populate(World& world, RandomProject& random, int people, int over_days) {
  std::map<std::string, Known> out;
  std::vector<store::Inbox> rows;
  const auto post = [&](Instant when, const std::string& email, Words words) {
    words.emplace_back("email", email);
    rows.push_back({0, when, store::InboxKind::contact, encode(ContactIn{encoded(world.module.fields, words)})});
  };
  for (int i = 0; i < people; ++i) {
    const std::string email = "p" + std::to_string(i) + "@a.example";
    Known& known = out[email];
    known.zone =
        random.any<std::string>({"", "", "America/New_York", "Europe/Oslo", "Asia/Tokyo", "Australia/Lord_Howe"});
    known.country = random.any<std::string>({"", "NO", "US", "AU"});
    known.consent = {{world.now, random.likely(85) ? "given" : "unknown"}};
    known.plan = {{world.now, random.likely(50) ? "pro" : "free"}};
    Words words{{"consent.email", known.consent[0].second},
                {"plan", known.plan[0].second},
                {"mrr", std::to_string(random.below(10))}};
    if (!known.zone.empty()) words.emplace_back("timezone", known.zone);
    if (!known.country.empty()) words.emplace_back("country", known.country);
    post(world.now, email, words);
  }
  for (const auto& [email, ignored] : out) {
    std::vector<Instant> times;
    const std::uint32_t n = 2 + random.below(8);
    for (std::uint32_t i = 0; i < n; ++i)
      times.push_back(world.now + minutes(1 + random.below(static_cast<std::uint32_t>(over_days) * 1440)));
    std::sort(times.begin(), times.end());
    for (const Instant when : times) {
      Known& known = out[email];
      switch (random.below(8)) {
        case 0: {
          const std::string value = random.any<std::string>({"given", "withdrawn"});
          known.consent.emplace_back(when, value);
          post(when, email, {{"consent.email", value}});
          break;
        }
        case 1: {
          const std::string value = random.any<std::string>({"pro", "free"});
          known.plan.emplace_back(when, value);
          post(when, email, {{"plan", value}});
          break;
        }
        case 2:
        case 3: {
          EventIn in = world.event_of(
              email, "visited",
              {{"page", random.any<std::string>({"pricing", "jobs"})}, {"seconds", std::to_string(random.below(60))}},
              {.at = when});
          rows.push_back({0, when, store::InboxKind::event, encode(in)});
          // Now and then the same thing arrives twice.
          if (random.likely(20))
            rows.push_back({0, when + minutes(random.below(300)), store::InboxKind::event, encode(in)});
          break;
        }
        case 4: {
          // Late: it happened up to two days before it arrives.
          EventIn in = world.event_of(email, "purchased", {}, {.at = when - minutes(random.below(2880))});
          rows.push_back({0, when, store::InboxKind::event, encode(in)});
          break;
        }
        default:
          rows.push_back({0, when, store::InboxKind::event, encode(world.event_of(email, "joined", {}, {.at = when}))});
      }
    }
  }
  must(world.store->post(rows, {}));
  return out;
}

}  // namespace fairlead::engine::testing
