// How quick a guard decides on a message, of a person who lies decoded in memory: consent is given, the country is one
// of a set, what they agreed to is not too old, and it is no quiet hour. Beside it the same rule in C++, and in CEL and
// Cedar where npm is there (tests/bench/guard_peers), over the same people in the same run. Why somebody is refused is
// put together of those only who are: the clauses that refuse them. Exit code 1 where a figure misses what it is held
// to.
#include <fmt/format.h>
#include <stdio.h>

#include <array>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>

#include "compiler/compile.hpp"
#include "runtime/guard/guard.hpp"
#include "runtime/values/random.hpp"

namespace {

using namespace fairlead;
using bytecode::Index;

constexpr std::size_t how_many = 1'000;
constexpr int rounds = 15, passes = 50;
constexpr std::array<std::string_view, 4> consents = {"given", "given", "withdrawn", "unknown"};
constexpr std::array<std::string_view, 12> countries = {"DE", "FR", "NO", "SE", "DK", "FI",
                                                        "NL", "BE", "AT", "CH", "IT", "ES"};
constexpr std::array<std::string_view, 4> elsewhere = {"US", "BR", "IN", "JP"};
constexpr std::array<const char*, 4> zones = {"Europe/Oslo", "Europe/Berlin", "UTC", "America/New_York"};
constexpr int longest = 730;  // days that a consent is good for

/// Somebody, and the moment at which they are asked of.
struct Person {
  std::string_view consent, country;
  std::int32_t consented = 0;  // a day since 1970
  const Zone* zone = nullptr;
  Instant now;
  CivilTime civil;  // what their clock shows then; a peer is given it
};

[[noreturn]] void give_up(const std::string& why) {
  fmt::print(stderr, "bench_guard: {}\n", why);
  std::exit(3);
}

/// At noon of one day, or in the evening: so everybody has the same date.
std::vector<Person> make_people(std::span<const Zone> their_zones) {
  Dice dice(2, 3);
  const auto any = [&dice](const auto& of) { return of[dice.below(std::size(of))]; };
  const Zone utc;
  const std::int32_t today = parse_date("2026-02-10")->day;
  std::vector<Person> out(how_many);
  for (Person& p : out) {
    p.consent = dice.below(8) == 0 ? any(consents) : consents[0];
    p.country = dice.below(8) == 0 ? any(elsewhere) : any(countries);
    p.consented = today - static_cast<std::int32_t>(dice.below(longest + 80));
    p.zone = &their_zones[dice.below(their_zones.size())];
    p.now = utc.at({today}, {static_cast<std::int32_t>(12 * 3'600 + dice.below(11 * 3'600))});
    p.civil = p.zone->civil(p.now);
    if (p.civil.date.day != today) give_up("somebody has another day");
  }
  return out;
}

/// Not to be seen through: else one call were taken for all of them.
[[gnu::noinline]] bool may_be_sent(const Person& p) {
  asm volatile("" : : "r"(&p) : "memory");
  const int hour = p.civil.time.second / 3'600;
  return p.consent == "given" && std::ranges::find(countries, p.country) != countries.end() &&
         p.civil.date.day <= p.consented + longest && hour >= 8 && hour < 21;
}

std::string project() {
  return fmt::format(R"lead(use std.channels
project bench {{ currency USD under house }}
record contact {{
  key email: Email
  country:   Country
  consented: Date
  consent: {{ email: Consent }}
}}
event joined
content hello {{ email {{ subject "Hello" body "Hello." }} }}
policy house {{
  consent:   forbid send when channel.consent is not given
  countries: forbid send when not (contact.country in ["{}"])
  stale:     forbid send when contact.consented + {} days < today
  night:     forbid send between 21:00 and 08:00
}}
workflow welcome for contact {{
  enter on joined
  leave on unsubscribed
  steps {{ send hello }}
}}
)lead",
                     fmt::join(countries, "\", \""), longest);
}

class Guard {
 public:
  explicit Guard(const std::vector<Person>& people) {
    // Every rule a guard: what is proved is no decision.
    compiler::Compiled compiled =
        compiler::compile({grammar::Source("bench.lead", project())}, {}, {.lint = false, .prove = false});
    if (!compiled.module) {
      for (const auto& d : compiled.diagnostics) fmt::print(stderr, "{}\n", grammar::render(d, compiled.files, false));
      std::exit(3);
    }
    module_ = std::move(*compiled.module);
    program_.emplace(module_);
    site_.workflow = 0;
    site_.project_zone = &utc_;
    for (const bytecode::Step& step : module_.steps) {
      if (step.kind != bytecode::StepKind::send) continue;
      site_.content = step.content;
      site_.channel = step.channel;
    }
    for (const Person& p : people) rows_.push_back(decoded(p));
  }

  [[nodiscard]] const std::vector<Index>& rules() const { return module_.workflows[0].rules; }

  /// One decision. Where it is no, the clauses that say so are named.
  [[nodiscard]] bool allows(const Person& p, std::size_t i, std::string* why) {
    vm::World world;
    world.fields = rows_[i];
    world.now = p.now;
    world.zone = p.zone;
    asked_.clear();
    const guard::Verdict verdict = judge(*program_, rules(), site_, world, guard::Ask::all, asked_);
    if (verdict.kind == guard::Verdict::Kind::allowed) return true;
    if (why == nullptr) return false;
    why->clear();
    for (const Index rule : verdict.fired) {
      if (!why->empty()) *why += ", ";
      *why += module_.rules[rule].name;
    }
    return false;
  }

 private:
  [[nodiscard]] std::vector<Value> decoded(const Person& p) const {
    std::vector<Value> out;
    for (const bytecode::Field& field : module_.fields) {
      out.push_back(field.name == "country"         ? Value::text(p.country)
                    : field.name == "consented"     ? Value::of(Date{p.consented})
                    : field.name == "consent.email" ? Value::text(p.consent)
                                                    : Value::text("p@people.example"));
    }
    return out;
  }

  bytecode::Module module_;
  std::optional<vm::Program> program_;
  Zone utc_;
  guard::Site site_;
  std::vector<std::vector<Value>> rows_;
  std::vector<Index> asked_;
};

struct Run {
  std::size_t allowed = 0;
  double ns = 0;
};

/// Of the processor: others run on this machine too.
template <class Decide>
Run timed(const std::vector<Person>& people, const std::vector<std::size_t>& of, Decide decide) {
  Run out{0, 1e18};
  for (int round = 0; round < rounds; ++round) {
    const std::clock_t begin = std::clock();
    for (int pass = 0; pass < passes; ++pass) {
      out.allowed = 0;
      for (const std::size_t i : of) out.allowed += decide(people[i], i) ? 1 : 0;
    }
    const double ns = static_cast<double>(std::clock() - begin) * 1e9 / CLOCKS_PER_SEC;
    out.ns = std::min(out.ns, ns / passes / static_cast<double>(of.size()));
  }
  return out;
}

/// What a peer is given: what is so of each, with the clock read already.
void write(const std::vector<Person>& people, const std::string& path) {
  std::ofstream out(path, std::ios::binary);
  out << fmt::format("{{\"today\": {}, \"countries\": [\"{}\"], \"people\": [", people[0].civil.date.day,
                     fmt::join(countries, "\", \""));
  for (const Person& p : people) {
    out << fmt::format("{}\n{{\"consent\": \"{}\", \"country\": \"{}\", \"consented\": {}, \"minute\": {}}}",
                       &p == &people[0] ? "" : ",", p.consent, p.country, p.consented, p.civil.time.second / 60);
  }
  out << "\n]}\n";
}

void row(std::string_view what, double ns, double ours) {
  fmt::print("  {:<52} {:>10.1f} {:>10.2f}\n", what, ns, ns / ours);
}

void peers(const std::vector<Person>& people, const Run& ours) {
  const std::string path = "build/bench/guard.json";
  std::filesystem::create_directories("build/bench");
  write(people, path);
  FILE* pipe = ::popen(("tests/bench/guard_peers/run.sh " + path + " 2>&1").c_str(), "r");
  if (pipe == nullptr) return;
  std::string text;
  for (int c = std::fgetc(pipe); c != EOF; c = std::fgetc(pipe)) text += static_cast<char>(c);
  ::pclose(pipe);
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string name, version;
    Run run;
    if (line.starts_with("not run") || !(words >> name >> version >> run.allowed >> run.ns)) {
      fmt::print("  {}\n", line);
      continue;
    }
    if (run.allowed != ours.allowed)
      give_up(fmt::format("{} lets {} through, not {}", name, run.allowed, ours.allowed));
    row(fmt::format("{} {}", name, version), run.ns, ours.ns);
  }
}

}  // namespace

int main() {
  std::vector<Zone> their_zones;
  for (const char* name : zones) their_zones.push_back(Zone::load(name).value());
  const std::vector<Person> people = make_people(their_zones);
  Guard guard(people);

  std::vector<std::size_t> all, good, bad;
  std::map<std::string, std::size_t> reasons;
  for (std::size_t i = 0; i < people.size(); ++i) {
    std::string why;
    const bool allowed = guard.allows(people[i], i, &why);
    if (allowed != may_be_sent(people[i])) give_up("the guard does not say what C++ says");
    if (allowed != why.empty()) give_up("a refusal without a clause, or a clause without one");
    all.push_back(i);
    (allowed ? good : bad).push_back(i);
    if (!allowed) ++reasons[why];
  }
  fmt::print("four clauses, {} people in turn, of whom {} may be sent to; ns a decision:\n", people.size(),
             good.size());
  std::string why;
  const auto decide = [&](const Person& p, std::size_t i) { return guard.allows(p, i, nullptr); };
  const auto explain = [&](const Person& p, std::size_t i) { return guard.allows(p, i, &why); };
  const Run native = timed(people, all, [](const Person& p, std::size_t) { return may_be_sent(p); });
  const Run ours = timed(people, all, explain);
  fmt::print("  {:<52} {:>10} {:>10}\n", "", "ns", "by ours");
  row("C++, the clock read already, no reasons", native.ns, ours.ns);
  row("Fairlead, with reasons where it refuses", ours.ns, ours.ns);
  row("  of those who are let through", timed(people, good, explain).ns, ours.ns);
  row("  of those who are refused, with the clauses", timed(people, bad, explain).ns, ours.ns);
  row("  of those who are refused, without", timed(people, bad, decide).ns, ours.ns);
  peers(people, ours);
  fmt::print("refused by:");
  for (const auto& [clauses, n] : reasons) fmt::print(" {} ({});", clauses, n);
  const bool met = ours.ns <= 300;
  fmt::print("\n  {:<52} {:>10.1f}   asked <= 300{}\n", "ns a decision, reasons of refusals in it", ours.ns,
             met ? "" : "   NOT MET");
  return met ? 0 : 1;
}
