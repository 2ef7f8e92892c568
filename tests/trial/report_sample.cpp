// The sample that the tests of the reports share. Its source is short, since only the words of its steps are read.
#include "tests/trial/report_sample.hpp"

#include <cmath>

namespace fairlead::trial {
namespace {

using bytecode::none;
using bytecode::StepKind;

constexpr const char* source = R"(workflow whitepaper_nurture for contact {
  enter on downloaded where event.asset == "whitepaper"
  steps {
    set contact.stage = nurturing
    send welcome
    wait up to 3 days
      for clicked of welcome as click { }
      otherwise { send reminder }
    choose offer toward qualified {
      option story start 60% { send case_story }
      option demo when contact.plan is not free { send demo_invite }
      option rest { }
    }
    wait 2 days
    if contact is keen {  // the segment
      wait until 09:00
      send demo_invite
    } else {
      stop
    }
  }
}
)";

Decimal hundredths(std::int64_t n) {
  return Decimal::from_units(static_cast<int128>(n) * 10'000'000);
}

}  // namespace

bytecode::Module sample_module() {
  bytecode::Module m;
  m.project = "acme";
  m.zone = "America/New_York";
  m.currency = "USD";
  m.sources = {{"nurture.lead", source}};
  m.fields = {{.name = "stage"}};
  m.events = {{"downloaded", {}, false}, {"clicked", {}, true}, {"became_mql", {}, false}};
  m.goals = {{.name = "qualified", .event = 2}};
  m.channels = {{.name = "email"}};
  for (const char* name : {"welcome", "reminder", "case_story", "demo_invite"}) m.contents.push_back({.name = name});
  m.rules = {{.name = "brand.nights", .otherwise = bytecode::Otherwise::defer}};
  m.choices = {{.key = "whitepaper_nurture/offer", .goal = 0}};
  m.choices[0].options = {
      {.name = "story", .first = 5}, {.name = "demo", .when = 0, .first = 6}, {.name = "rest", .first = 7}};
  const std::string at = "whitepaper_nurture/";
  m.steps = {
      {.kind = StepKind::set, .key = at + "set contact.stage#1", .line = 4, .next = 1, .field = 0},
      {.kind = StepKind::send, .key = at + "send welcome#1", .line = 5, .next = 2, .content = 0, .channel = 0},
      {.kind = StepKind::wait_event,
       .key = at + "wait#1",
       .line = 6,
       .otherwise = 3,
       .arms = {{.event = 1, .first = 4}}},
      {.kind = StepKind::send,
       .key = at + "wait#1/otherwise/send reminder#1",
       .line = 8,
       .next = 4,
       .content = 1,
       .channel = 0},
      {.kind = StepKind::choose, .key = at + "offer", .line = 9, .next = 7, .choice = 0},
      {.kind = StepKind::send,
       .key = at + "offer/story/send case_story#1",
       .line = 10,
       .next = 7,
       .content = 2,
       .channel = 0},
      {.kind = StepKind::send,
       .key = at + "offer/demo/send demo_invite#1",
       .line = 11,
       .next = 7,
       .content = 3,
       .channel = 0},
      {.kind = StepKind::wait_for, .key = at + "wait#2", .line = 14, .next = 8},
      {.kind = StepKind::branch, .key = at + "if#1", .line = 15, .next = 9, .otherwise = 11, .value = 0},
      {.kind = StepKind::wait_until, .key = at + "if#1/wait#1", .line = 16, .next = 10},
      {.kind = StepKind::send, .key = at + "if#1/send demo_invite#1", .line = 17, .content = 3, .channel = 0},
      {.kind = StepKind::stop, .key = at + "if#1/else/stop#1", .line = 19},
  };
  bytecode::Workflow w;
  w.name = "whitepaper_nurture";
  w.file = "nurture.lead";
  w.goal = 0;
  w.enter = {{.event = 0}};
  w.steps = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};
  w.first = 0;
  m.workflows = {w};
  return m;
}

Report sample_report() {
  Report r;
  r.title = "sixty days";
  r.project = "acme";
  r.currency = "USD";
  r.from = *parse_instant("2026-01-05T14:00:00Z");
  r.to = r.from + days(60);
  r.contacts = 20'000;
  r.events = 34'918;
  r.messages = 43'207;
  r.seed = 7;
  r.goals = {{.name = "qualified",
              .reach = "became_mql within 14 days",
              .baseline = hundredths(9),
              .target = hundredths(12),
              .worth = Decimal::from_int(45),
              .treated = 14'812,
              .treated_reached = 1'866,
              .held = 1'652,
              .held_reached = 139,
              .open = 1'539}};

  ChoiceRow choice{.key = "whitepaper_nurture/offer", .goal = "qualified", .learner = "Thompson sampling, linear"};
  choice.floor = 50'000'000;
  choice.features = {"contact.country", "contact.plan", "count(visited, last 14 days)"};
  choice.options = {{"story", 7'402, 651}, {"demo", 5'219, 1'094}, {"rest", 1'874, 121}};
  for (int i = 0; i <= 120; ++i) {
    // From the shares that were written to what was learned, with some unrest that dies down.
    const double t = i / 120.0, learned = 1 / (1 + std::exp(-(t - 0.35) * 10)),
                 unrest = 0.05 * std::sin(i * 0.9) * (1 - t);
    const double rest = 0.2 - 0.145 * learned, demo = 0.2 + 0.5 * learned + unrest;
    const auto billionths = [](double share) { return static_cast<std::uint32_t>(std::lround(share * 1e6) * 1000); };
    const std::uint32_t a = i == 0 ? 200'000'000 : billionths(demo), b = i == 0 ? 200'000'000 : billionths(rest);
    choice.history.push_back({r.from + hours(12 * i), {1'000'000'000 - a - b, a, b}});
  }
  r.choices = {choice};
  r.scores = {{.name = "intent",
               .foretells = "became_mql within 14 days",
               .predicted = 18'412,
               .over = 14'911,
               .came = 1'846,
               .version = 1'104,
               .auc = 0.7312,
               .slope = 0.981,
               .lift = 2.44},
              {.name = "churn", .foretells = "unsubscribed within 30 days", .predicted = 212}};

  r.rules = {
      {"brand.no_consent", "forbid send when channel.consent is not given", "ePrivacy Directive art. 13", 48'930, 212,
       0, 9},
      {"brand.nights", "forbid send between 21:00 and 08:00 otherwise defer", "nobody likes a text at night", 48'930, 0,
       17'044, 31},
      {"brand.frequency", "limit messages to 4 per 7 days per contact", "", 48'930, 0, 0, 0},
      {"whitepaper_nurture.limit", "limit messages to 3 per 7 days", "", 48'930, 655, 0, 0},
  };

  const auto step = [](bytecode::Index i, std::uint64_t passed, std::uint64_t waiting) {
    return StepRow{i, passed, waiting};
  };
  r.workflows = {
      {.workflow = 0, .entered = 18'003, .held_out = 1'801, .finished = 16'911, .left = 480, .waiting = 612}};
  r.workflows[0].steps = {step(0, 18'003, 0), step(1, 18'003, 41), step(2, 17'950, 301), step(3, 12'104, 22),
                          step(4, 17'388, 0), step(5, 7'940, 10),  step(6, 6'820, 12),   step(7, 17'312, 226),
                          step(8, 16'911, 0), step(9, 2'217, 0),   step(10, 2'217, 0),   step(11, 14'694, 0)};
  r.contents = {
      {"welcome", "email", 16'190, 1'801, *Decimal::parse("16.19")},
      {"reminder", "email", 10'861, 1'210, *Decimal::parse("10.861")},
      {"case_story", "email", 7'402, 538, *Decimal::parse("7.402")},
      {"demo_invite", "email", 8'754, 283, *Decimal::parse("8.754")},
  };
  r.expected = {{"qualified above 9%", "12.6%", true}};
  r.audit = "4,812 batches, chain whole, head 3f2a91c0";
  return r;
}

}  // namespace fairlead::trial
