// The rules of bench_vm and the people whom they are asked of.
#include "tests/bench/vm_rules.hpp"

#include <fmt/format.h>

#include "runtime/values/random.hpp"

namespace fairlead::bench {

std::vector<Person> make_people(std::size_t how_many) {
  Dice dice(1, 1);
  const auto below = [&dice](std::uint64_t bound) { return static_cast<int>(dice.below(bound)); };
  std::vector<Person> out(how_many);
  for (Person& p : out) {
    p.plan = below(4);
    p.country = below(8);
    p.source = below(4);
    p.age = 18 + below(60);
    p.seats = 1 + below(600);
    p.visits = below(300);
    p.rating = below(101) / 2.0;
    p.spent = below(100'000);
    p.signup = 20'000 + below(1'000);
    p.trial = below(6) == 0;
  }
  return out;
}

bool all_hold(const Person& p) {
  return p.age >= 18 && p.plan != 4 && p.seats > 0 && p.country != 8 && p.visits < 300 && p.spent < 200'000 &&
         p.signup < 21'185 && p.rating >= 0 && p.source != 4 && p.seats < 1'000 && p.age < 100 && p.plan != 5 &&
         p.seats <= 600 && p.country != 9 && p.visits >= 0 && p.spent >= 0 && p.signup >= 19'723 && p.rating <= 50 &&
         p.source != 5 && p.visits != 777;
}

int points(const Person& p) {
  return (p.age >= 28) + (p.plan != 0) + (p.seats > 100) + (p.country != 1) + (p.visits < 250) + (p.spent < 90'000) +
         (p.signup < 20'819) + (p.rating > 8) + (p.source != 3) + !p.trial + (p.age < 68) + (p.plan != 3) +
         (p.seats <= 500) + (p.country != 7) + (p.visits >= 50) + (p.spent >= 10'000) + (p.signup >= 20'180) +
         (p.rating <= 42) + (p.source != 0) + (p.visits != 77);
}

bool decided(const Person& p) {
  return p.age >= 28 && p.plan != 0 && p.seats > 100 && p.country != 1 && p.visits < 250 && p.spent < 90'000 &&
         p.signup < 20'819 && p.rating > 8 && p.source != 3 && !p.trial && p.age < 68 && p.plan != 3 &&
         p.seats <= 500 && p.country != 7 && p.visits >= 50 && p.spent >= 10'000 && p.signup >= 20'180 &&
         p.rating <= 42 && p.source != 0 && p.visits != 77;
}

int comparisons(const Person& p) {
  const bool holds[] = {p.age >= 28,
                        p.plan != 0,
                        p.seats > 100,
                        p.country != 1,
                        p.visits < 250,
                        p.spent < 90'000,
                        p.signup<20'819, p.rating> 8,
                        p.source != 3,
                        !p.trial,
                        p.age < 68,
                        p.plan != 3,
                        p.seats <= 500,
                        p.country != 7,
                        p.visits >= 50,
                        p.spent >= 10'000,
                        p.signup >= 20'180,
                        p.rating <= 42,
                        p.source != 0,
                        p.visits != 77};
  int made = 0;
  for (const bool one : holds) {
    ++made;
    if (!one) break;
  }
  return made;
}

Audience::Audience(const std::vector<Person>& people) {
  for (const Person& p : people) {
    plan.push_back(plans[p.plan]);
    country.push_back(countries[p.country]);
    source.push_back(sources[p.source]);
    age.push_back(p.age);
    seats.push_back(p.seats);
    visits.push_back(p.visits);
    rating.push_back(p.rating);
    spent.push_back(p.spent);
    signup.push_back(p.signup);
    trial.push_back(p.trial ? 1 : 0);
  }
}

std::size_t count_decided(const Audience& a) {
  std::size_t out = 0;
  for (std::size_t i = 0; i < a.age.size(); ++i) {
    const bool in = a.age[i] >= 28 && a.plan[i] != "free" && a.seats[i] > 100 && a.country[i] != "SE" &&
                    a.visits[i] < 250 && a.spent[i] < 90'000 && a.signup[i] < 20'819 && a.rating[i] > 8 &&
                    a.source[i] != "partner" && a.trial[i] == 0 && a.age[i] < 68 && a.plan[i] != "enterprise" &&
                    a.seats[i] <= 500 && a.country[i] != "ES" && a.visits[i] >= 50 && a.spent[i] >= 10'000 &&
                    a.signup[i] >= 20'180 && a.rating[i] <= 42 && a.source[i] != "search" && a.visits[i] != 77;
    out += in ? 1 : 0;
  }
  return out;
}

std::size_t count_all_hold(const Audience& a) {
  std::size_t out = 0;
  for (std::size_t i = 0; i < a.age.size(); ++i) {
    const bool in = a.age[i] >= 18 && a.plan[i] != "closed" && a.seats[i] > 0 && a.country[i] != "AQ" &&
                    a.visits[i] < 300 && a.spent[i] < 200'000 && a.signup[i] < 21'185 && a.rating[i] >= 0 &&
                    a.source[i] != "spam" && a.seats[i] < 1'000 && a.age[i] < 100 && a.plan[i] != "banned" &&
                    a.seats[i] <= 600 && a.country[i] != "AU" && a.visits[i] >= 0 && a.spent[i] >= 0 &&
                    a.signup[i] >= 19'723 && a.rating[i] <= 50 && a.source[i] != "none" && a.visits[i] != 777;
    out += in ? 1 : 0;
  }
  return out;
}

std::string project() {
  constexpr std::string_view decided[] = {"contact.age >= 28",
                                          "contact.plan is not free",
                                          "contact.seats > 100",
                                          "contact.country != \"SE\"",
                                          "contact.visits < 250",
                                          "contact.spent < $900",
                                          "contact.signup < 2027-01-01",
                                          "contact.rating > 8",
                                          "contact.source != \"partner\"",
                                          "not contact.trial",
                                          "contact.age < 68",
                                          "contact.plan is not enterprise",
                                          "contact.seats <= 500",
                                          "contact.country != \"ES\"",
                                          "contact.visits >= 50",
                                          "contact.spent >= $100",
                                          "contact.signup >= 2025-04-02",
                                          "contact.rating <= 42",
                                          "contact.source != \"search\"",
                                          "contact.visits != 77"};
  std::string points;
  for (const std::string_view one : decided) points += fmt::format("  +1 when {}\n", one);
  return fmt::format(R"(project bench {{ currency USD }}
record contact {{
  key email: Email
  plan:    free | team | pro | enterprise | closed | banned
  country: Country
  source:  Text
  age:     Number
  seats:   Number
  visits:  Number
  rating:  Number
  spent:   Money
  signup:  Date
  trial:   Bool
}}
segment all_hold = contact.age >= 18 and contact.plan is not closed and contact.seats > 0 and contact.country != "AQ"
  and contact.visits < 300 and contact.spent < $2_000 and contact.signup < 2028-01-02 and contact.rating >= 0
  and contact.source != "spam" and contact.seats < 1_000 and contact.age < 100 and contact.plan is not banned
  and contact.seats <= 600 and contact.country != "AU" and contact.visits >= 0 and contact.spent >= $0
  and contact.signup >= 2024-01-01 and contact.rating <= 50 and contact.source != "none" and contact.visits != 777
segment decided = {}
points counted {{
{}}}
)",
                     fmt::join(decided, "\n  and "), points);
}

std::vector<Value> fields(const Person& p) {
  const auto number = [](double n) { return Value::of(*Decimal::from_double(n)); };
  return {Value::text("p@people.example"),
          Value::text(plans[p.plan]),
          Value::text(countries[p.country]),
          Value::text(sources[p.source]),
          number(p.age),
          number(p.seats),
          number(p.visits),
          number(p.rating),
          Value::money(Decimal::from_units(int128{p.spent} * (Decimal::one / 100))),
          Value::of(Date{p.signup}),
          Value::of(p.trial)};
}

std::string lua(const std::vector<Person>& people, int rounds, int passes) {
  std::string out = "local people = {\n";
  for (const Person& p : people) {
    out += fmt::format(
        "{{plan=\"{}\", country=\"{}\", source=\"{}\", age={}, seats={}, visits={}, rating={}, spent={}, signup={}, "
        "trial={}}},\n",
        plans[p.plan], countries[p.country], sources[p.source], p.age, p.seats, p.visits, p.rating, p.spent, p.signup,
        p.trial);
  }
  out += R"(}
local function all_hold(p)
  return p.age >= 18 and p.plan ~= "closed" and p.seats > 0 and p.country ~= "AQ" and p.visits < 300 and p.spent < 200000
    and p.signup < 21185 and p.rating >= 0 and p.source ~= "spam" and p.seats < 1000 and p.age < 100
    and p.plan ~= "banned" and p.seats <= 600 and p.country ~= "AU" and p.visits >= 0 and p.spent >= 0
    and p.signup >= 19723 and p.rating <= 50 and p.source ~= "none" and p.visits ~= 777
end
local function decided(p)
  return p.age >= 28 and p.plan ~= "free" and p.seats > 100 and p.country ~= "SE" and p.visits < 250 and p.spent < 90000
    and p.signup < 20819 and p.rating > 8 and p.source ~= "partner" and not p.trial and p.age < 68
    and p.plan ~= "enterprise" and p.seats <= 500 and p.country ~= "ES" and p.visits >= 50 and p.spent >= 10000
    and p.signup >= 20180 and p.rating <= 42 and p.source ~= "search" and p.visits ~= 77
end
local function counted(p)
  local n = 0
  if p.age >= 28 then n = n + 1 end
  if p.plan ~= "free" then n = n + 1 end
  if p.seats > 100 then n = n + 1 end
  if p.country ~= "SE" then n = n + 1 end
  if p.visits < 250 then n = n + 1 end
  if p.spent < 90000 then n = n + 1 end
  if p.signup < 20819 then n = n + 1 end
  if p.rating > 8 then n = n + 1 end
  if p.source ~= "partner" then n = n + 1 end
  if not p.trial then n = n + 1 end
  if p.age < 68 then n = n + 1 end
  if p.plan ~= "enterprise" then n = n + 1 end
  if p.seats <= 500 then n = n + 1 end
  if p.country ~= "ES" then n = n + 1 end
  if p.visits >= 50 then n = n + 1 end
  if p.spent >= 10000 then n = n + 1 end
  if p.signup >= 20180 then n = n + 1 end
  if p.rating <= 42 then n = n + 1 end
  if p.source ~= "search" then n = n + 1 end
  if p.visits ~= 77 then n = n + 1 end
  return n
end
-- Each rule has a loop of its own, so that a compiler of traces sees one rule only.
local whole = {
  function() local sum = 0 for i = 1, #people do if all_hold(people[i]) then sum = sum + 1 end end return sum end,
  function() local sum = 0 for i = 1, #people do if decided(people[i]) then sum = sum + 1 end end return sum end,
  function() local sum = 0 for i = 1, #people do sum = sum + counted(people[i]) end return sum end,
}
for rule = 1, 3 do
  local best, sum = math.huge, 0
  for round = 1, ROUNDS do
    local begin = os.clock()
    for pass = 1, PASSES do sum = whole[rule]() end
    best = math.min(best, os.clock() - begin)
  end
  print(string.format("%d %.3f", sum, best / PASSES / #people * 1e9))
end
)";
  const auto put = [&out](std::string_view name, int value) {
    for (auto at = out.find(name); at != std::string::npos; at = out.find(name))
      out.replace(at, name.size(), std::to_string(value));
  };
  put("ROUNDS", rounds);
  put("PASSES", passes);
  return out;
}

}  // namespace fairlead::bench
