// What bench_vm evaluates, said three times: for Fairlead, for Lua and in C++, over the same people. A person is ten
// fields: three texts, four numbers, a sum of money, a date and a truth value; a rule is twenty comparisons of them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "runtime/values/value.hpp"

namespace fairlead::bench {

/// In C++ texts are numbers, as a hand-written program would have them. Money is in cents, a date in days.
struct Person {
  int plan = 0, country = 0, source = 0;
  double age = 0, seats = 0, visits = 0, rating = 0;
  std::int64_t spent = 0;
  std::int32_t signup = 0;
  bool trial = false;
};
inline constexpr std::string_view plans[] = {"free", "team", "pro", "enterprise"};
inline constexpr std::string_view countries[] = {"NO", "SE", "DK", "DE", "FR", "GB", "US", "ES"};
inline constexpr std::string_view sources[] = {"search", "newsletter", "webinar", "partner"};

/// So many people, of whom no two neighbours are alike; the same each time.
std::vector<Person> make_people(std::size_t how_many);

/// Every comparison is made, and holds.
bool all_hold(const Person& p);
/// How many comparisons of `decided` hold: every comparison is made, and about five in six hold.
int points(const Person& p);
/// The first comparison that does not hold decides.
bool decided(const Person& p);
/// How many comparisons that takes.
int comparisons(const Person& p);

/// Many people as a hand-written program would keep them to look through: an array for each field, texts as texts.
struct Audience {
  std::vector<std::string_view> plan, country, source;
  std::vector<double> age, seats, visits, rating;
  std::vector<std::int64_t> spent;
  std::vector<std::int32_t> signup;
  std::vector<std::uint8_t> trial;

  explicit Audience(const std::vector<Person>& people);
};
/// Of how many of them `decided` holds, and `all_hold`: one loop over all.
std::size_t count_decided(const Audience& people);
std::size_t count_all_hold(const Audience& people);

/// The same, as a project: segments `all_hold` and `decided`, points `counted`.
std::string project();
/// The fields of the project's contact, in its order.
std::vector<Value> fields(const Person& p);
/// The same, as a program in Lua that prints, for each of them, what it makes of all people together and the
/// nanoseconds that one evaluation took, best of `rounds` rounds.
std::string lua(const std::vector<Person>& people, int rounds, int passes);

}  // namespace fairlead::bench
