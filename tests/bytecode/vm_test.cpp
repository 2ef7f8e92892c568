// What each instruction does: a table of cases with every opcode in it, and the worlds that need one of their own.
#include "runtime/vm/vm.hpp"

#include <fmt/format.h>

#include <boost/test/unit_test.hpp>
#include <limits>
#include <set>

#include "tests/bytecode/sample.hpp"

namespace fairlead::bytecode {
namespace {

using I = Instruction;
using enum Opcode;
using enum FaultCode;
using Wanted = tl::expected<Value, FaultCode>;

constexpr Instant noon{1'795'435'200'000};  // 2026-11-23T12:00:00Z
constexpr auto huge = std::numeric_limits<std::int64_t>::max();
constexpr auto tiny = std::numeric_limits<std::int64_t>::min();

Value n(std::string_view text) {
  return Value::of(*Decimal::parse(text));
}
Value money(std::string_view text) {
  return Value::money(*Decimal::parse(text));
}
Value ms(std::int64_t count) {
  return Value::of(Duration{count});
}
Value at(std::int64_t count) {
  return Value::of(Instant{count});
}
Value day(std::int32_t count) {
  return Value::of(Date{count});
}
Value clock(std::int32_t hour, std::int32_t minute = 0) {
  return Value::of(TimeOfDay{hour * 3600 + minute * 60});
}
Value text(std::string_view t) {
  return Value::text(t);
}
Value yes() {
  return Value::of(true);
}
Value no() {
  return Value::of(false);
}
Value nothing() {
  return {};
}
Wanted fails(FaultCode code) {
  return tl::unexpected(code);
}

/// The largest and smallest Number there are.
Value most() {
  return Value::of(Decimal::from_units(~(int128{1} << 126 << 1)));
}
Value least() {
  return Value::of(Decimal::from_units(int128{1} << 126 << 1));
}

std::string show(const Wanted& v) {
  if (!v) return fmt::format("fault {}", static_cast<int>(v.error()));
  return fmt::format("{} {}", to_string(v->tag()), render(*v));
}

struct Case {
  Opcode op;
  std::vector<Instruction> code;
  std::vector<Value> fields;
  Wanted wanted;
};

/// r1 and r2 are the fields 0 and 1, r0 is what the instruction makes of them.
Case binary(Opcode op, Value b, Value c, Wanted wanted) {
  return {op, {I::ax(field, 1, 0), I::ax(field, 2, 1), I::abc(op, 0, 1, 2), I::ax(give, 0, 0)}, {b, c}, wanted};
}
Case unary(Opcode op, Value b, Wanted wanted) {
  return {op, {I::ax(field, 1, 0), I::abc(op, 0, 1, 0), I::ax(give, 0, 0)}, {b}, wanted};
}
Case plain(Instruction instruction, Wanted wanted) {
  return {instruction.op(), {instruction, I::ax(give, 0, 0)}, {}, wanted};
}
/// Gives 1 where the jump skips, 2 where it goes on.
Case jumping(Opcode op, Value condition, Wanted wanted) {
  return {op,
          {I::ax(field, 1, 0), I::ax(load, 0, 0), I::ax(op, 1, 1), I::ax(load, 0, 1), I::ax(give, 0, 0)},
          {condition},
          wanted};
}
Case text_of(Value value, unsigned currency, Wanted wanted) {
  return {to_text, {I::ax(field, 1, 0), I::abc(to_text, 0, 1, currency), I::ax(give, 0, 0)}, {value}, wanted};
}
/// Whether c is in a list of b and c.
Case listed(Value b, Value c, Wanted wanted) {
  return {list,
          {I::ax(field, 1, 0), I::ax(field, 2, 1), I::abc(list, 0, 1, 2), I::abc(member, 0, 2, 0), I::ax(give, 0, 0)},
          {b, c},
          wanted};
}
Case safe(Value value, Escape form, Wanted wanted) {
  return {escape,
          {I::ax(field, 1, 0), I::abc(escape, 0, 1, static_cast<unsigned>(form)), I::ax(give, 0, 0)},
          {value},
          wanted};
}
Case joined(Value b, Value c, Wanted wanted) {
  return {concat, {I::ax(field, 1, 0), I::ax(field, 2, 1), I::abc(concat, 0, 1, 2), I::ax(give, 0, 0)}, {b, c}, wanted};
}

class Machine {
 public:
  Machine() {
    module_.project = "p";
    module_.zone = "UTC";
    module_.constants = {constant(Tag::number, Decimal::from_int(1).units()),
                         constant(Tag::number, Decimal::from_int(2).units()),
                         text_constant("a constant"),
                         {Tag::list, 0, "", {text_constant("DE"), {Tag::list, 0, "", {constant(Tag::time, 60)}}}}};
    for (const auto& [tag, units] : std::vector<std::pair<Tag, int>>{{Tag::none, 0},
                                                                     {Tag::boolean, 1},
                                                                     {Tag::money, 5},
                                                                     {Tag::duration, -7},
                                                                     {Tag::instant, 8},
                                                                     {Tag::date, -9},
                                                                     {Tag::time, 10}}) {
      module_.constants.push_back(constant(tag, units));
    }
    module_.currencies = {"EUR", "USD"};
    module_.fields.resize(4);
    for (Field& f : module_.fields) f.name = "f";
    module_.events = {{"e", {}, false}};
    FieldType amount;
    amount.kind = TypeKind::number;
    module_.events[0].fields = {{"amount", amount}};
    module_.counters = {{"c", 0, 0, none, days(1)},
                        {"d", 0, 0, none, days(1)},
                        {"huge", 0, 0, none, days(1)},
                        {"sum", 0, 0, none, days(1), CounterKind::sum, 0},
                        {"field", 0, 0, none, {}, CounterKind::last, 0},
                        {"instant", 0, 0, none, {}, CounterKind::last},
                        {"never", 0, 0, none, {}, CounterKind::last}};
    module_.rates = {{"r", 0, 0, days(1), "", 0}};
    module_.scores = {{"s", 0, none, days(1), {}, {}, "", 0}};
    entry_ = {text("entry"), n("5")};
    click_ = {text("click")};
    events_ = {entry_, click_, {}};
    parameters_ = {text("A-1")};
    kept_ = {text("kept")};
    site_ = {text("sms"), nothing(), text("welcome"), no()};
    world.events = events_;
    world.parameters = parameters_;
    world.site = site_;
    world.locals = kept_;
    world.now = noon;
    world.count = [](Index counter) { return std::array<std::uint64_t, 3>{4, 0, std::uint64_t{1} << 63U}.at(counter); };
    world.history = [](Index counter) -> Result<Value> {
      if (counter == 3) return money("12.5");
      if (counter == 4) return text("last");
      return counter == 5 ? Value::of(noon - hours(3)) : Value();
    };
    world.score = [](Index) -> Result<Value> { return n("0.25"); };
    world.rate = [](Index) -> Result<Value> { return Value(); };
  }

  /// The code must pass the verifier: what does not is no case of the VM's.
  Wanted run(std::vector<Instruction> code, const std::vector<Value>& fields) {
    module_.functions = {function_of("f", 8, std::move(code))};
    const auto sound = verify(module_);
    BOOST_REQUIRE_MESSAGE(sound, (sound ? "" : sound.error().args.at(0)));
    world.fields = fields;
    const vm::Program program(module_);
    const auto result = program.evaluate(0, world, arena_);
    world.fields = {};
    if (!result) return tl::unexpected(result.error().code);
    return arena_.keep(*result);
  }

  void check(const Case& c) {
    const Wanted got = run(c.code, c.fields);
    const bool same = got ? c.wanted && *got == *c.wanted : !c.wanted && got.error() == c.wanted.error();
    std::string operands;
    for (const Value& v : c.fields) operands += show(v) + ", ";
    BOOST_TEST(same, info(c.op).name << " of " << operands << "gives " << show(got) << ", not " << show(c.wanted));
  }

  vm::World world;

 private:
  Module module_;
  Arena arena_;
  std::vector<Value> entry_, click_, parameters_, kept_, site_;
  std::vector<std::span<const Value>> events_;
};

std::vector<Case> loads() {
  return {
      plain(I::ax(load, 0, 0), n("1")),
      plain(I::ax(load, 0, 2), text("a constant")),
      plain(I::ax(load, 0, 4), nothing()),
      plain(I::ax(load, 0, 5), yes()),
      plain(I::ax(load, 0, 6), Value::money(Decimal::from_units(5))),
      plain(I::ax(load, 0, 7), ms(-7)),
      plain(I::ax(load, 0, 8), at(8)),
      plain(I::ax(load, 0, 9), day(-9)),
      plain(I::ax(load, 0, 10), Value::of(TimeOfDay{10})),
      plain(I::ax(load_none, 0, 0), nothing()),
      plain(I::ax(load_true, 0, 0), yes()),
      plain(I::ax(load_false, 0, 0), no()),
      unary(move, text("x"), text("x")),
      unary(move, nothing(), nothing()),
      {give, {I::ax(load_true, 3, 0), I::ax(give, 3, 0)}, {}, yes()},
      {give, {I::ax(give, 7, 0)}, {}, nothing()},  // a register that nothing was put in is absent
      {field, {I::ax(field, 0, 1), I::ax(give, 0, 0)}, {n("1"), n("2")}, n("2")},
      {field, {I::ax(field, 0, 2), I::ax(give, 0, 0)}, {n("1"), n("2")}, nothing()},
      plain(I::abc(event, 0, 0, 1), n("5")),
      plain(I::abc(event, 0, 1, 0), text("click")),
      plain(I::abc(event, 0, 1, 1), fails(absent)),  // no such field
      plain(I::abc(event, 0, 2, 0), fails(absent)),  // not bound
      plain(I::abc(event, 0, 3, 0), fails(absent)),  // no such binding
      plain(I::ax(parameter, 0, 0), text("A-1")),
      plain(I::ax(parameter, 0, 1), fails(absent)),
      plain(I::ax(site, 0, 0), text("sms")),
      plain(I::ax(site, 0, 1), nothing()),
      plain(I::ax(site, 0, 4), fails(absent)),
      plain(I::ax(local, 0, 0), text("kept")),
      plain(I::ax(local, 0, 1), nothing()),
      plain(I::ax(now, 0, 0), Value::of(noon)),
      plain(I::ax(today, 0, 0), day(20'780)),
      plain(I::ax(local_time, 0, 0), clock(12)),
      plain(I::ax(count, 0, 0), n("4")),
      plain(I::ax(count, 0, 1), n("0")),
      plain(I::ax(count, 0, 2), fails(overflow)),
      plain(I::ax(seen, 0, 0), yes()),
      plain(I::ax(seen, 0, 1), no()),
      plain(I::ax(seen, 0, 2), yes()),
      plain(I::ax(sum, 0, 3), money("12.5")),
      plain(I::ax(last, 0, 4), text("last")),
      plain(I::ax(since, 0, 5), ms(hours(3).ms)),
      plain(I::ax(since, 0, 6), nothing()),
      plain(I::ax(score, 0, 0), n("0.25")),
      plain(I::ax(rate, 0, 0), nothing()),
  };
}

std::vector<Case> lists() {
  return {
      listed(text("DE"), text("NO"), yes()),
      listed(nothing(), text("NO"), fails(absent)),
      // A list of lists could be doubled with each instruction, and then be compared.
      {list, {I::ax(load, 1, 3), I::abc(list, 0, 1, 1), I::ax(give, 0, 0)}, {}, fails(wrong_type)},
  };
}

std::vector<Case> sums() {
  return {
      binary(add, n("0.1"), n("0.2"), n("0.3")),
      binary(add, money("5"), money("-7.5"), money("-2.5")),
      binary(add, money("5"), n("1"), fails(wrong_type)),
      binary(add, ms(1), ms(1), fails(wrong_type)),
      binary(add, nothing(), n("1"), fails(absent)),
      binary(add, n("1"), nothing(), fails(absent)),
      binary(add, most(), n("1"), fails(overflow)),
      binary(subtract, n("1"), n("1.5"), n("-0.5")),
      binary(subtract, money("5"), money("1"), money("4")),
      binary(subtract, n("5"), money("1"), fails(wrong_type)),
      binary(subtract, n("5"), nothing(), fails(absent)),
      binary(subtract, least(), n("1"), fails(overflow)),
      binary(multiply, n("1.5"), n("-2"), n("-3")),
      binary(multiply, n("0.5"), money("3"), money("1.5")),
      binary(multiply, money("3"), n("0.5"), money("1.5")),
      binary(multiply, n("1.5"), ms(3), ms(4)),    // 4.5: half to even
      binary(multiply, ms(7), n("0.5"), ms(4)),    // 3.5
      binary(multiply, ms(-5), n("0.5"), ms(-2)),  // -2.5
      binary(multiply, ms(-1), n("0.7"), ms(-1)),
      binary(multiply, ms(tiny), n("1"), ms(tiny)),
      binary(multiply, ms(tiny), n("-1"), fails(overflow)),
      binary(multiply, ms(huge), n("2"), fails(overflow)),
      binary(multiply, ms(huge), most(), fails(overflow)),
      binary(multiply, ms(0), least(), ms(0)),
      binary(multiply, money("3"), money("3"), fails(wrong_type)),
      binary(multiply, text("3"), n("3"), fails(wrong_type)),
      binary(multiply, nothing(), ms(3), fails(absent)),
      binary(multiply, most(), n("2"), fails(overflow)),
      binary(divide, n("1"), n("3"), n("0.333333333")),
      binary(divide, money("9"), money("2"), n("4.5")),
      binary(divide, money("9"), n("2"), money("4.5")),
      binary(divide, ms(90'000), ms(60'000), n("1.5")),
      binary(divide, ms(5), n("2"), ms(2)),    // 2.5
      binary(divide, ms(7), n("-2"), ms(-4)),  // -3.5
      binary(divide, ms(tiny), n("-1"), fails(overflow)),
      binary(divide, ms(huge), n("0.5"), fails(overflow)),
      binary(divide, ms(huge), most(), ms(0)),
      binary(divide, ms(tiny), least(), ms(0)),
      binary(divide, n("1"), n("0"), fails(division_by_zero)),
      binary(divide, money("1"), money("0"), fails(division_by_zero)),
      binary(divide, money("1"), n("0"), fails(division_by_zero)),
      binary(divide, ms(1), ms(0), fails(division_by_zero)),
      binary(divide, ms(1), n("0"), fails(division_by_zero)),
      binary(divide, n("1"), ms(1), fails(wrong_type)),
      binary(divide, n("1"), nothing(), fails(absent)),
      unary(negate, n("2"), n("-2")),
      unary(negate, money("-2"), money("2")),
      unary(negate, ms(3), ms(-3)),
      unary(negate, ms(tiny), fails(overflow)),
      unary(negate, least(), fails(overflow)),
      unary(negate, yes(), fails(wrong_type)),
      unary(negate, nothing(), fails(absent)),
  };
}

std::vector<Case> times() {
  constexpr std::int64_t whole_day = 86'400'000;
  return {
      binary(shift, at(5), ms(-7), at(-2)),
      binary(shift, ms(5), ms(6), ms(11)),
      binary(shift, day(5), ms(2 * whole_day), day(7)),
      binary(shift, day(5), ms(-2 * whole_day), day(3)),
      binary(shift, day(5), ms(whole_day + 1), fails(wrong_type)),
      binary(shift, day(std::numeric_limits<std::int32_t>::max()), ms(whole_day), fails(overflow)),
      binary(shift, day(0), ms(tiny - tiny % whole_day), fails(overflow)),
      binary(shift, at(huge), ms(1), fails(overflow)),
      binary(shift, ms(tiny), ms(-1), fails(overflow)),
      binary(shift, n("1"), ms(1), fails(wrong_type)),
      binary(shift, ms(1), at(1), fails(wrong_type)),
      binary(shift, nothing(), ms(1), fails(absent)),
      binary(shift, at(1), nothing(), fails(absent)),
      binary(unshift, at(5), at(7), ms(-2)),
      binary(unshift, at(5), ms(7), at(-2)),
      binary(unshift, ms(5), ms(7), ms(-2)),
      binary(unshift, day(5), day(7), ms(-2 * whole_day)),
      binary(unshift, day(std::numeric_limits<std::int32_t>::max()), day(std::numeric_limits<std::int32_t>::min()),
             ms(4'294'967'295 * whole_day)),
      binary(unshift, day(5), ms(whole_day), day(4)),
      binary(unshift, day(5), ms(1), fails(wrong_type)),
      binary(unshift, day(std::numeric_limits<std::int32_t>::min()), ms(whole_day), fails(overflow)),
      binary(unshift, at(tiny), at(1), fails(overflow)),
      binary(unshift, at(0), ms(tiny), fails(overflow)),
      binary(unshift, at(0), day(0), fails(wrong_type)),
      binary(unshift, ms(0), at(0), fails(wrong_type)),
      binary(unshift, at(0), nothing(), fails(absent)),
      binary(within, clock(12), clock(13), yes()),
      binary(within, clock(11), clock(12), no()),
      binary(within, clock(21), clock(8), no()),
      binary(within, clock(21), clock(13), yes()),
      binary(within, clock(21), n("8"), fails(wrong_type)),
      binary(within, at(0), clock(8), fails(wrong_type)),
      binary(within, nothing(), clock(8), fails(absent)),
      binary(within, clock(8), nothing(), fails(absent)),
  };
}

std::vector<Case> comparisons(std::span<const Value> list) {
  const Value items = Value::list(list);
  return {
      binary(equal, n("1"), n("1.0"), yes()),
      binary(equal, text("a"), text("b"), no()),
      binary(equal, nothing(), nothing(), yes()),
      binary(equal, nothing(), n("0"), no()),
      binary(equal, n("0"), nothing(), no()),
      binary(equal, n("1"), money("1"), fails(wrong_type)),
      binary(equal, items, items, yes()),
      binary(less, n("1"), n("2"), yes()),
      binary(less, n("2"), n("2"), no()),
      binary(less, text("a"), text("b"), yes()),
      binary(less, day(4), day(3), no()),
      binary(less, nothing(), n("2"), fails(absent)),
      binary(less, n("2"), nothing(), fails(absent)),
      binary(less, n("2"), money("3"), fails(wrong_type)),
      binary(less, no(), yes(), fails(wrong_type)),
      binary(less_equal, money("2"), money("2"), yes()),
      binary(less_equal, clock(3), clock(2), no()),
      binary(less_equal, nothing(), nothing(), fails(absent)),
      binary(less_equal, ms(1), at(1), fails(wrong_type)),
      binary(member, text("DE"), items, yes()),
      binary(member, text("NO"), items, no()),
      binary(member, n("1"), items, no()),
      binary(member, text("DE"), text("DE"), fails(wrong_type)),
      binary(member, nothing(), items, fails(absent)),
      binary(member, text("DE"), nothing(), fails(absent)),
      unary(exists, n("0"), yes()),
      unary(exists, nothing(), no()),
      unary(invert, yes(), no()),
      unary(invert, no(), yes()),
      unary(invert, n("1"), fails(wrong_type)),
      unary(invert, nothing(), fails(absent)),
  };
}

std::vector<Case> texts_and_jumps() {
  return {
      text_of(text("as it is"), no_currency, text("as it is")),
      text_of(n("0.5"), no_currency, text("0.5")),
      text_of(money("5"), 1, text("$5")),
      text_of(money("5"), 0, text("€5")),
      text_of(ms(days(3).ms), no_currency, text("3 days")),
      text_of(nothing(), no_currency, fails(absent)),
      safe(text("<a href='x'>\n\"&\""), Escape::text, text("&lt;a href='x'&gt;\n\"&amp;\"")),
      safe(text("<a href='x'>\n\"&\""), Escape::lines, text("&lt;a href='x'&gt;<br>\n\"&amp;\"")),
      safe(text("<a href='x'>\n\"&\""), Escape::attribute, text("&lt;a href=&#39;x&#39;&gt;\n&quot;&amp;&quot;")),
      safe(text("a-Z_0.~ /?ä\""), Escape::part, text("a-Z_0.~%20%2F%3F%C3%A4%22")),
      safe(text("https://a.example/?b=1&c='2'"), Escape::address, text("https://a.example/?b=1&amp;c=&#39;2&#39;")),
      safe(text("MailTo:a@b.example"), Escape::address, text("MailTo:a@b.example")),
      safe(text("javascript:alert(1)"), Escape::address, fails(not_a_value)),
      safe(text(" https://a.example"), Escape::address, fails(not_a_value)),
      safe(text("https://a.example\n"), Escape::address, fails(not_a_value)),
      safe(text("https://"), Escape::address, fails(not_a_value)),
      safe(text(""), Escape::address, fails(not_a_value)),
      safe(n("1"), Escape::text, fails(wrong_type)),
      safe(nothing(), Escape::part, fails(absent)),
      joined(text("ab"), text("c"), text("abc")),
      joined(text(""), text(""), text("")),
      joined(text("ab"), n("1"), fails(wrong_type)),
      joined(text("ab"), nothing(), fails(absent)),
      jumping(jump, nothing(), n("1")),
      jumping(jump_true, yes(), n("1")),
      jumping(jump_true, no(), n("2")),
      jumping(jump_true, n("1"), fails(wrong_type)),
      jumping(jump_true, nothing(), fails(absent)),
      jumping(jump_false, yes(), n("2")),
      jumping(jump_false, no(), n("1")),
      jumping(jump_false, text(""), fails(wrong_type)),
      jumping(jump_false, nothing(), fails(absent)),
      jumping(jump_exists, no(), n("1")),
      jumping(jump_exists, nothing(), n("2")),
  };
}

std::vector<Case> all_cases(std::span<const Value> list) {
  std::vector<Case> result = loads();
  for (const auto& more : {lists(), sums(), times(), comparisons(list), texts_and_jumps()}) {
    result.insert(result.end(), more.begin(), more.end());
  }
  return result;
}

const std::vector<Instruction> at_night{I::ax(field, 1, 0), I::ax(field, 2, 1), I::abc(within, 0, 1, 2),
                                        I::ax(give, 0, 0)};

}  // namespace

BOOST_AUTO_TEST_SUITE(machine)

BOOST_AUTO_TEST_CASE(each_instruction_does_what_the_table_says) {
  const std::vector<Value> list{text("FR"), text("DE")};
  Machine machine;
  for (const Case& c : all_cases(list)) machine.check(c);
}

BOOST_AUTO_TEST_CASE(every_instruction_has_a_case) {
  std::set<Opcode> covered, refused;
  for (const Case& c : all_cases({})) {
    BOOST_TEST(std::ranges::any_of(c.code, [&c](Instruction i) { return i.op() == c.op; }));
    (c.wanted ? covered : refused).insert(c.op);
  }
  const std::set<Opcode> never_fail{load,       load_none, load_true, load_false, move, field,       now, today,
                                    local_time, local,     seen,      exists,     jump, jump_exists, give};
  // They fail where the world has nothing to ask, which has a test of its own.
  const std::set<Opcode> without_a_source{sum, last, since, rate, score};
  for (unsigned op = 0; op < opcode_count; ++op) {
    const auto code = static_cast<Opcode>(op);
    BOOST_TEST(covered.contains(code), info(code).name << " has no case");
    const bool elsewhere = never_fail.contains(code) || without_a_source.contains(code);
    BOOST_TEST(refused.contains(code) != elsewhere, info(code).name << " has no case of a fault");
  }
}

BOOST_AUTO_TEST_CASE(constants_that_are_lists) {
  Machine machine;
  const std::vector<Value> inner{Value::of(TimeOfDay{60})};
  const std::vector<Value> outer{text("DE"), Value::list(inner)};
  machine.check(plain(I::ax(load, 0, 3), Value::list(outer)));
}

BOOST_AUTO_TEST_CASE(the_clock_is_the_contacts) {
  const auto oslo = Zone::load("Europe/Oslo");
  const auto auckland = Zone::load("Pacific/Auckland");
  BOOST_REQUIRE((oslo && auckland));
  Machine machine;
  machine.world.zone = &*auckland;  // thirteen hours ahead in November
  machine.check(plain(I::ax(today, 0, 0), day(20'781)));
  machine.check(plain(I::ax(local_time, 0, 0), clock(1)));
  machine.check({within, at_night, {clock(21), clock(8)}, yes()});
  machine.world.zone = &*oslo;
  machine.check(plain(I::ax(today, 0, 0), day(20'780)));
  machine.check(plain(I::ax(local_time, 0, 0), clock(13)));
  machine.check({within, at_night, {clock(21), clock(8)}, no()});
}

BOOST_AUTO_TEST_CASE(where_the_zone_is_unknown_any_of_the_country_counts) {
  const auto los_angeles = Zone::load("America/Los_Angeles");
  const auto new_york = Zone::load("America/New_York");
  BOOST_REQUIRE((los_angeles && new_york));
  const std::vector<Zone> zones{*new_york, *los_angeles};
  Machine machine;
  machine.world.country_zones = zones;  // there it is 07:00 and 04:00
  machine.check({within, at_night, {clock(4), clock(5)}, yes()});
  machine.check({within, at_night, {clock(7), clock(8)}, yes()});
  machine.check({within, at_night, {clock(5), clock(7)}, no()});
  machine.check({within, at_night, {clock(12), clock(13)}, no()});  // UTC is not asked
  machine.check(plain(I::ax(local_time, 0, 0), clock(7)));          // the first
  machine.world.zone = &zones[1];                                   // a known zone goes before
  machine.check({within, at_night, {clock(7), clock(8)}, no()});
  machine.check(plain(I::ax(local_time, 0, 0), clock(4)));
}

BOOST_AUTO_TEST_CASE(a_world_without_counters_has_none) {
  Machine machine;
  machine.world.count = nullptr;
  machine.check(plain(I::ax(count, 0, 0), fails(absent)));
  machine.check(plain(I::ax(seen, 0, 0), fails(absent)));
  machine.world.history = nullptr;
  machine.world.score = nullptr;
  machine.world.rate = nullptr;
  machine.check(plain(I::ax(sum, 0, 3), fails(absent)));
  machine.check(plain(I::ax(last, 0, 4), fails(absent)));
  machine.check(plain(I::ax(since, 0, 5), fails(absent)));
  machine.check(plain(I::ax(score, 0, 0), fails(absent)));
  machine.check(plain(I::ax(rate, 0, 0), fails(absent)));
}

BOOST_AUTO_TEST_CASE(a_function_that_there_is_not) {
  const Module m = sample_module();
  Arena arena;
  BOOST_TEST(!vm::Program(m).evaluate(static_cast<Index>(m.functions.size()), vm::World(), arena));
}

BOOST_AUTO_TEST_CASE(text_that_doubles_without_end_is_stopped) {
  std::vector<Instruction> code{I::ax(load, 0, 2)};
  for (int i = 0; i < 64; ++i) {
    code.push_back(I::abc(move, 1, 0, 0));
    code.push_back(I::abc(concat, 0, 0, 2));
  }
  code.push_back(I::ax(give, 0, 0));
  Machine machine;
  machine.check({concat, code, {}, fails(overflow)});
}

BOOST_AUTO_TEST_CASE(text_that_is_made_outlives_the_evaluation) {
  const Module m = sample_module();
  const vm::Program program(m);
  Arena arena;
  vm::World world;
  const std::vector<Value> contact{nothing(), text("Ana")};
  world.fields = contact;
  const auto greeting = program.evaluate(4, world, arena);
  const auto again = program.evaluate(4, vm::World(), arena);
  BOOST_REQUIRE((greeting && again));
  BOOST_TEST(greeting->as_text() == "Hi \"you\"\nAna");
  BOOST_TEST(again->as_text() == "Hi \"you\"\npricing");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace fairlead::bytecode
