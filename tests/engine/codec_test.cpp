// The binary forms of what lasts: read back as they were written, and refused, never crashed on, where they are
// damaged.
#include <random>

#include "runtime/engine/sender.hpp"
#include "tests/engine/world.hpp"

namespace fairlead::engine::testing {
namespace {

class Chance {
 public:
  explicit Chance(std::uint32_t seed) : random_(seed) {}
  std::uint32_t below(std::uint32_t n) { return static_cast<std::uint32_t>(random_()) % n; }
  std::uint32_t u32() { return static_cast<std::uint32_t>(random_()); }
  std::uint64_t u64() { return std::uint64_t{u32()} << below(32) ^ u32(); }
  Instant instant() {
    switch (below(6)) {
      case 0: return {INT64_MAX};
      case 1: return {INT64_MIN};
      case 2: return {-static_cast<std::int64_t>(u32())};
      default: return {1'767'571'200'000 + static_cast<std::int64_t>(u32())};
    }
  }
  std::string text() {
    std::string out(below(20), ' ');
    for (char& c : out) c = static_cast<char>(below(256));
    return out;
  }
  double real() { return below(2) == 0 ? 0.0 : static_cast<double>(u32()) / 3.0 - 1e9; }
  std::vector<double> reals() {
    std::vector<double> out(below(40));
    for (double& x : out) x = real();
    return out;
  }
  template <class T>
  std::vector<T> several(const std::function<T()>& one) {
    std::vector<T> out(below(4));
    for (T& x : out) x = one();
    return out;
  }
  store::ContactId contact() { return {static_cast<std::uint16_t>(below(4097)), u64()}; }
  audit::Mode mode() { return static_cast<audit::Mode>(1 + below(3)); }
  Hash hash() { return sha256(text()); }
  audit::Pass pass() { return {contact(), name(), u64()}; }
  std::string name() { return below(3) == 0 ? text() : "nurture" + std::to_string(below(4)); }

  Cell cell() {
    Cell out;
    out.revision = u64();
    out.instances = several<Instance>([&] {
      Instance i;
      i.workflow = u32();
      i.version = u32();
      i.serial = u64();
      i.mode = mode();
      i.entered = instant();
      i.step = u32();
      i.since = instant();
      if (below(2) == 0) i.wake = instant();
      if (below(2) == 0) i.held = instant();
      i.bound = several<Bound>([&] { return Bound{static_cast<std::uint8_t>(below(256)), text()}; });
      i.sent = several<SentAt>([&] { return SentAt{u32(), instant()}; });
      i.kept = several<Kept>([&] { return Kept{static_cast<std::uint8_t>(below(256)), text()}; });
      i.shown = several<Shown>([&] { return Shown{u32(), u64()}; });
      i.rounds = several<Round>([&] { return Round{u32(), u32(), instant()}; });
      i.visit = u64();
      return i;
    });
    out.counters = several<CounterState>([&] {
      CounterState state{u32(), several<Instant>([&] { return instant(); })};
      for (std::size_t i = 0, kind = below(3); kind > 0 && i < state.at.size(); ++i) {
        if (kind == 1) state.amounts.push_back(Decimal::from_units(static_cast<std::int64_t>(u64())));
        if (kind == 2) state.events.push_back(text());
      }
      return state;
    });
    out.counted = several<Counted>([&] {
      return Counted{instant(), u32(), u32(), static_cast<guard::Side>(below(3))};
    });
    out.watches = several<Watch>([&] { return Watch{u32(), u64(), u32(), mode(), instant(), instant()}; });
    out.open = several<OpenDecision>(
        [&] { return OpenDecision{u32(), u64(), u32(), u32(), u32(), u32(), mode(), instant(), instant(), reals()}; });
    if (below(4) == 0) {
      out.occasions = several<Occasion>([&] {
        return Occasion{u32(),
                        {static_cast<std::int64_t>(u64())},
                        static_cast<std::int32_t>(below(86'400)) - 1,
                        {static_cast<std::int32_t>(u32())},
                        instant()};
      });
    }
    if (below(4) == 0) {
      out.words =
          several<Word>([&] { return Word{u32(), name(), name(), u64(), instant(), instant(), below(2) == 0}; });
    }
    if (below(4) == 0) {
      out.spent = several<guard::Spent>([&] {
        return guard::Spent{instant(), u32(), u32(), static_cast<guard::Side>(below(3)),
                            Decimal::from_units(static_cast<std::int64_t>(u64()))};
      });
    }
    if (below(2) == 0) {
      out.predictions =
          several<Prediction>([&] { return Prediction{u32(), u64(), below(2) == 0, instant(), instant(), reals()}; });
    }
    out.past = several<Past>([&] {
      return Past{u32(), u64(), instant(), several<std::uint64_t>([&] { return u64(); })};
    });
    return out;
  }

  template <std::size_t I = 0>
  audit::Entry entry(std::size_t index) {
    switch (index) {
      case 0: return audit::Deployed{u32(), hash()};
      case 1: return audit::ContactStored{contact(), below(2) == 0, hash()};
      case 2: return audit::EventTaken{contact(), name(), text(), instant(), hash()};
      case 3: return audit::Refused{text(), name()};
      case 4: return audit::Entered{pass(), mode(), u32(), name()};
      case 5: return audit::StepTaken{pass(), name()};
      case 6: return audit::Left{pass(), name()};
      case 7:
        return audit::Decided{pass(), mode(), name(), names(), u64(), numbers(), u32(), reals(), u32(), u64(), u64()};
      case 8: return audit::Effect{pass(), name(), text(), name(), name(), below(2) == 0};
      case 9: return audit::Guarded{pass(), name(), name(), audit::Guarded::Action::deferred, instant(), text()};
      case 10: return audit::Asked{name(), u64()};
      case 11: return audit::Handed{text(), audit::Handed::Result::deferred, name(), name(), name(), instant()};
      case 12: return audit::Reached{pass(), name(), mode()};
      case 13: return audit::Closed{pass(), name(), mode()};
      case 14: return audit::Outcome{pass(), name(), names(), u32(), reals(), mode()};
      case 15: return audit::Published{name(), names(), u32(), numbers()};
      case 16: return audit::FieldSet{pass(), name(), hash()};
      case 17: return audit::Unmatched{pass(), name(), u32(), u32()};
      case 18: return audit::SplitTaken{pass(), mode(), name(), name()};
      case 19: return audit::Acted{pass(), name(), text(), name(), name(), below(2) == 0};
      case 20: return audit::ActionHanded{text(), audit::Handed::Result::withheld, name(), name()};
      case 21: return audit::ApprovalAsked{pass(), name(), text(), name(), instant(), hash(), hash(), below(2) == 0};
      case 22:
        return audit::ApprovalEnded{pass(), name(), text(), audit::ApprovalEnded::Result::changed, name(), text()};
      case 24: return audit::EntryCounted{pass(), name()};
      case 25: return audit::KeptOut{contact(), name(), name()};
      case 26: return audit::Skipped{pass(), name(), name(), text()};
      case 27: return audit::Forgotten{contact(), name(), text()};
      case 28: return audit::Retrying{text(), u32(), instant(), name()};
      case 29: return audit::SetAside{text(), static_cast<audit::SetAside::Why>(1 + u32() % 3), u32(), name()};
      case 30: return audit::Resolved{text(), static_cast<audit::Resolved::How>(1 + u32() % 2), name(), text()};
      case 31: return audit::Circuit{name(), u32() % 2 == 0, instant(), name()};
      case 33: return audit::Paused{name(), name(), text()};
      case 34: return audit::Resumed{name(), name(), text()};
      case 35: return audit::Rated{name(), name(), instant(), u32(), u32(), u64()};
      case 36: return audit::Charged{name(), name(), Decimal::from_units(static_cast<std::int64_t>(u64()))};
      case 37: return audit::Released{name(), Decimal::from_units(static_cast<std::int64_t>(u64())), instant()};
      case 32: return audit::Paced{name(), u32(), u64()};
      case 38: return audit::Rolled{u32(), u32(), audit::InFlight::move, u32(), u64(), u64(), u64(), name(), text()};
      case 39: return audit::Moved{pass(), u32(), u32()};
      case 40: return audit::RolledOut{name(), name(), u32(), name(), text()};
      case 41: return audit::ZoneUnknown{contact(), name()};
      case 42: return audit::Pruned{instant(), u64(), u64(), u64(), u64(), u64(), u64(), below(2) == 0, name(), text()};
      case 43: return audit::RowStored{name(), text(), below(2) == 0, hash()};
      case 44: return audit::RowRemoved{name(), text()};
      case 45: return audit::Credited{pass(), name(), names(), u32(), reals(), mode(), instant()};
      case 47: return audit::Predicted{contact(), name(), u32(), u32()};
      case 48: return audit::Observed{contact(), name(), u64(), reals(), below(2) == 0, instant()};
      case 46: return audit::Steered{name(), audit::Steered::Act::import, text(), name(), text()};
      default: return audit::Assigned{pass(), name(), text(), name(), "round robin", name(), instant(), below(2) == 0};
    }
  }
  std::vector<std::string> names() {
    return several<std::string>([&] { return name(); });
  }
  std::vector<std::uint32_t> numbers() {
    return several<std::uint32_t>([&] { return u32(); });
  }

  /// The bytes with some of them changed, cut off, or put in.
  std::string damaged(std::string bytes) {
    for (std::uint32_t i = 0; i < 1 + below(4); ++i) {
      const std::size_t at = bytes.empty() ? 0 : below(static_cast<std::uint32_t>(bytes.size()));
      switch (below(4)) {
        case 0: bytes.resize(at); break;
        case 1: bytes.insert(at, text()); break;
        case 2:
          if (!bytes.empty()) bytes[at] = static_cast<char>(0xff);
          break;
        default:
          if (!bytes.empty()) bytes[at] = static_cast<char>(below(256));
      }
    }
    return bytes;
  }

 private:
  std::mt19937 random_;
};

/// An entry as the bytes that stand for it alone: entries have no == of their own.
std::string bytes_of(const audit::Stamped& stamped) {
  audit::Writer writer;
  writer.add(stamped.at, stamped.entry);
  return writer.take();
}

BOOST_AUTO_TEST_SUITE(codec)

BOOST_AUTO_TEST_CASE(cells) {
  Chance chance(1);
  BOOST_TEST((must(decode_cell("")) == Cell{}));
  for (int i = 0; i < 2'000; ++i) {
    const Cell cell = chance.cell();
    const std::string bytes = encode(cell);
    BOOST_REQUIRE((must(decode_cell(bytes)) == cell));
    (void)cell.due();
    if (const Result<Cell> read = decode_cell(chance.damaged(bytes))) (void)encode(*read);
    if (!bytes.empty()) BOOST_REQUIRE(!decode_cell(std::string_view(bytes).substr(0, bytes.size() - 1)));
    BOOST_REQUIRE(!decode_cell(bytes + "x"));
  }
}

BOOST_AUTO_TEST_CASE(a_waiting_pass_is_tens_of_bytes) {
  World world(project(workflow("send welcome\nwait 3 days\nsend offer", "toward qualified\nenter on downloaded")));
  world.contact("ann@a.example");
  world.event("ann@a.example", "downloaded", {{"asset", "whitepaper"}});
  BOOST_TEST(encode(world.cell("ann@a.example")).size() < 80U);
}

BOOST_AUTO_TEST_CASE(audit_entries) {
  Chance chance(2);
  for (int i = 0; i < 500; ++i) {
    audit::Writer writer;
    std::vector<audit::Stamped> entries;
    for (std::size_t kind = 0; kind < std::variant_size_v<audit::Entry>; ++kind) {
      entries.push_back({chance.instant(), chance.entry(kind)});
      BOOST_REQUIRE(entries.back().entry.index() == kind);
      writer.add(entries.back().at, entries.back().entry);
    }
    const std::string bytes = writer.take();
    BOOST_TEST(writer.empty());
    const std::vector<audit::Stamped> read = must(audit::read(bytes));
    BOOST_REQUIRE(read.size() == entries.size());
    for (std::size_t k = 0; k < read.size(); ++k) {
      BOOST_REQUIRE(read[k].at == entries[k].at);
      BOOST_REQUIRE((bytes_of(read[k]) == bytes_of(entries[k])));
    }
    const Result<std::vector<audit::Stamped>> damaged = audit::read(chance.damaged(bytes));
    if (!damaged) BOOST_REQUIRE(damaged.error().code == FaultCode::chain_broken);
    BOOST_REQUIRE(!audit::read(bytes.substr(0, bytes.size() - 1)));
    // Whatever it says, the tallies take it.
    Ledger ledger;
    ledger.learn("nurture1", {{"a", "b"}, {}, {2, 0, {}}});
    if (damaged) {
      for (const audit::Stamped& stamped : *damaged) ledger.apply(stamped.at, stamped.entry);
    }
  }
}

BOOST_AUTO_TEST_CASE(tallies_and_learners) {
  Chance chance(3);
  World world(project(workflow("choose way {\nlearn from contact.plan, contact.country\noption a start 60% { send "
                               "welcome }\noption b { send offer }\n}\n"
                               "choose other {\noption a { send welcome }\noption b { send offer }\n}",
                               "toward qualified\nenter on joined"),
                      "under brand") +
              "policy brand { few: limit messages to 1 per 7 days }\n");
  for (int i = 0; i < 12; ++i) {
    const std::string who = std::to_string(i) + "@a.example";
    world.contact(who);
    world.event(who, "joined");
    if (i % 3 == 0) world.event(who, "became_mql");
    world.pass(minutes(40));
  }
  const std::string bytes = world.tallies().save();
  Ledger read;
  must(read.load(bytes));
  BOOST_TEST((read.save() == bytes));
  BOOST_TEST(read.contacts == 12U);
  for (std::size_t cut = 0; cut < bytes.size(); cut += 1 + cut / 50) {
    Ledger partly;
    BOOST_TEST((!partly.load(std::string_view(bytes).substr(0, cut)) || cut == 0));
  }
  for (int i = 0; i < 3'000; ++i) {
    Ledger damaged;
    (void)damaged.load(chance.damaged(bytes));
  }
  // Sizes that would ask for more memory than there is.
  ByteWriter huge;
  for (int i = 0; i < 11; ++i) huge.varint(0);
  huge.varint(1);
  huge.bytes("key");
  huge.varint(1);
  huge.bytes("option");
  huge.varint(0);
  huge.varint(65'000);
  Ledger refused;
  BOOST_TEST(!refused.load(huge.str()));
}

BOOST_AUTO_TEST_CASE(the_inbox_and_the_outbox) {
  Chance chance(4);
  for (int i = 0; i < 2'000; ++i) {
    EventIn in{chance.contact(), chance.u32(),     chance.text(), chance.text(),
               chance.text(),    chance.instant(), chance.text(), chance.text()};
    const EventIn out = must(decode_event(encode(in)));
    BOOST_REQUIRE((out.contact == in.contact && out.key_field == in.key_field && out.key == in.key &&
                   out.type == in.type && out.id == in.id && out.at == in.at && out.content == in.content &&
                   out.values == in.values));
    (void)decode_event(chance.damaged(encode(in)));
    Origin origin{chance.u32(), chance.u64(), chance.u32(), chance.text(), chance.text(), chance.instant()};
    if (chance.below(2) == 0) origin.cost = Decimal::from_units(static_cast<std::int64_t>(chance.u64()));
    if (chance.below(2) == 0) origin.granted = chance.several<std::string>([&] { return chance.text(); });
    const Origin read = must(decode_origin(encode(origin)));
    BOOST_REQUIRE((read.workflow == origin.workflow && read.serial == origin.serial && read.version == origin.version &&
                   read.content == origin.content && read.channel == origin.channel && read.since == origin.since &&
                   read.cost == origin.cost && read.granted == origin.granted));
    (void)decode_origin(chance.damaged(encode(origin)));
  }
}

BOOST_AUTO_TEST_CASE(records_own_their_texts) {
  // Few enough bytes for a string to keep them inside itself.
  const std::string bytes = encode_values({{7, Value::text("NO")}, {3, Value::of(true)}});
  BOOST_TEST(bytes.size() < 16U);
  auto first = std::make_unique<Record>();
  must(decode_values(bytes, *first));
  Record moved = std::move(*first);
  std::fill(first->bytes.begin(), first->bytes.end(), 'x');
  first.reset();
  Record again;
  again = std::move(moved);
  const std::string_view text = again.get(7).as_text();
  BOOST_TEST(text == "NO");
  BOOST_TEST((text.data() >= again.bytes.data() && text.data() < again.bytes.data() + again.bytes.size()));
  BOOST_TEST(again.get(3).as_bool());
  BOOST_TEST(!again.get(5).exists());
  Chance chance(5);
  for (int i = 0; i < 3'000; ++i) {
    Record damaged;
    (void)decode_values(chance.damaged(bytes), damaged);
  }
}

BOOST_AUTO_TEST_CASE(the_global_part_of_a_checkpoint) {
  const Folder folder;
  World world(project(workflow("send welcome")), {.path = folder.file("a.db")});
  world.contact("ann@a.example");
  must(world.engine->checkpoint());
  const std::string bytes = must(world.store->global());
  Chance chance(6);
  for (int i = 0; i < 300; ++i) {
    must(world.store->checkpoint(world.engine->head().seq, {}, chance.damaged(bytes)));
    (void)look(*world.store);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace fairlead::engine::testing
