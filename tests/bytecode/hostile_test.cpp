// Modules of a stranger who can compute a checksum: they are refused, or they run and end.
#include <boost/test/unit_test.hpp>
#include <random>

#include "runtime/vm/vm.hpp"
#include "tests/bytecode/sample.hpp"

namespace fairlead::bytecode {
namespace {

std::size_t below(std::mt19937_64& dice, std::size_t bound) {
  return bound == 0 ? 0 : dice() % bound;
}

std::string mutated(std::string body, std::mt19937_64& dice) {
  for (auto rounds = 1 + below(dice, 3); rounds > 0; --rounds) {
    const auto place = below(dice, body.size());
    switch (below(dice, 6)) {
      case 0: body[place] = static_cast<char>(dice()); break;
      case 1: body[place] = static_cast<char>(body[place] ^ (1 << below(dice, 8))); break;
      case 2: body[place] = static_cast<char>(body[place] + (dice() % 2 == 0 ? 2 : -2)); break;
      case 3: body.insert(place, 1, static_cast<char>(dice())); break;
      case 4: body.erase(place, 1 + below(dice, 4)); break;
      default: body.replace(place, 4, body.substr(below(dice, body.size()), 4)); break;
    }
  }
  return body;
}

/// Every function, in a world where nothing is and in one where something is.
void run_all(const Module& module) {
  const vm::Program program(module);
  Arena arena;
  const std::vector<Value> some(4, Value::text("DE"));
  const std::vector<Value> times{Value::of(TimeOfDay{60}), Value::of(days(1)), Value::of(Decimal::from_int(2))};
  const std::vector<std::span<const Value>> events{some, times};
  vm::World full;
  full.fields = times;
  full.events = events;
  full.parameters = some;
  full.site = times;
  full.locals = some;
  full.now = Instant{1'795'000'000'000};
  full.count = [](Index counter) { return std::uint64_t{counter}; };
  const auto some_value = [&](Index index) -> Result<Value> { return times[index % times.size()]; };
  full.history = full.score = full.rate = some_value;
  for (Index f = 0; f < module.functions.size(); ++f) {
    for (const vm::World& world : {vm::World(), full}) {
      const Result<Value> said = program.evaluate(f, world, arena);
      const Result<Value> plainly = program.evaluate_plainly(f, world, arena);
      BOOST_REQUIRE(said.has_value() == plainly.has_value());
      BOOST_REQUIRE((said ? *said == *plainly : said.error() == plainly.error()));
    }
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(hostile)

BOOST_AUTO_TEST_CASE(changed_bytes_with_a_fitting_checksum) {
  std::mt19937_64 dice(1);
  const std::string body = encode(sample_module()).substr(header_bytes);
  int accepted = 0;
  for (int i = 0; i < 10'000; ++i) {
    const std::string bytes = seal(mutated(body, dice));
    const auto module = decode(bytes);
    if (!module) continue;
    ++accepted;
    // One module, one form: else the hash in the header were not the module's own.
    BOOST_REQUIRE((encode(*module) == bytes));
    run_all(*module);
    BOOST_REQUIRE(!disassemble(*module).empty());
  }
  BOOST_TEST(accepted > 500);
  BOOST_TEST(accepted < 9'500);
}

BOOST_AUTO_TEST_CASE(changed_instructions_that_pass_the_verifier) {
  std::mt19937_64 dice(2);
  const Module sample = sample_module();
  int accepted = 0;
  for (int i = 0; i < 20'000; ++i) {
    Module m = sample;
    // Enough registers that random operands often pass.
    for (Function& f : m.functions) f.registers = 255;
    for (auto rounds = 1 + below(dice, 6); rounds > 0; --rounds) {
      Function& f = m.functions[below(dice, m.functions.size())];
      auto& word = f.code[below(dice, f.code.size())].word;
      const auto small = [&dice] { return static_cast<std::uint32_t>(below(dice, 8)); };
      word = static_cast<std::uint32_t>(below(dice, opcode_count + 2)) | small() << 8U | small() << 16U |
             (dice() % 2 == 0 ? small() << 24U : 0U);
    }
    if (!verify(m)) continue;
    ++accepted;
    run_all(m);
  }
  BOOST_TEST(accepted > 2'000);
}

BOOST_AUTO_TEST_CASE(what_fails_the_verifier_can_still_be_read) {
  std::mt19937_64 dice(3);
  const Module sample = sample_module();
  for (int i = 0; i < 2'000; ++i) {
    Module m = sample;
    Function& f = m.functions[below(dice, m.functions.size())];
    f.code[below(dice, f.code.size())].word = static_cast<std::uint32_t>(dice());
    Step& s = m.steps[below(dice, m.steps.size())];
    s.next = static_cast<Index>(below(dice, 100));
    s.content = static_cast<Index>(below(dice, 100));
    s.value = static_cast<Index>(below(dice, 100));
    s.choice = static_cast<Index>(below(dice, 100));
    s.action = static_cast<Index>(below(dice, 100));
    s.role = static_cast<Index>(below(dice, 100));
    s.team = static_cast<Index>(below(dice, 100));
    s.covered.push_back(static_cast<Index>(below(dice, 100)));
    m.connectors[0].channels.push_back(static_cast<Index>(below(dice, 100)));
    m.connectors[0].request.address = static_cast<Index>(below(dice, 100));
    m.workflows[0].steps.push_back(static_cast<Index>(below(dice, 100)));
    BOOST_REQUIRE(!disassemble(m).empty());
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace fairlead::bytecode
